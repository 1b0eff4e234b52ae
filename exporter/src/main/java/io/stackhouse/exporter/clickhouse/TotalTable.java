package io.stackhouse.exporter.clickhouse;

import io.stackhouse.exporter.clickhouse.block.FixedColumn;
import io.stackhouse.exporter.clickhouse.block.LowCardinalityColumn;
import io.stackhouse.exporter.clickhouse.block.NativeBlock;
import io.stackhouse.pipeline.batch.ProfileHeader.ValueType;
import io.stackhouse.pipeline.batch.Totals;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The open block of the table of totals: what each service spent in each minute, added up until the block is cut. One thread.
 *
 * <p>What was added after {@link #mark} can be taken back, as in {@link NativeBlock}: it is kept apart until the next mark.
 */
final class TotalTable {
    static final String NAME = "otel_profiles_totals_1m_v1";
    private static final long NANOS_PER_MINUTE = 60_000_000_000L;
    private static final int SECONDS_PER_MINUTE = 60;
    private static final int BYTES_PER_ROW = 64;

    final NativeBlock block = new NativeBlock();
    private final LowCardinalityColumn tenant = block.add("Tenant", new LowCardinalityColumn());
    private final LowCardinalityColumn environment = block.add("Environment", new LowCardinalityColumn());
    private final LowCardinalityColumn serviceName = block.add("ServiceName", new LowCardinalityColumn());
    private final LowCardinalityColumn serviceNamespace = block.add("ServiceNamespace", new LowCardinalityColumn());
    private final LowCardinalityColumn serviceVersion = block.add("ServiceVersion", new LowCardinalityColumn());
    private final LowCardinalityColumn sampleType = block.add("SampleType", new LowCardinalityColumn());
    private final LowCardinalityColumn sampleUnit = block.add("SampleUnit", new LowCardinalityColumn());
    private final FixedColumn minute = block.add("Minute", FixedColumn.dateTimeUtc());
    private final FixedColumn value = block.add("Value", FixedColumn.int64());
    private final FixedColumn count = block.add("Count", FixedColumn.uint64());
    private final FixedColumn kept = block.add("Kept", FixedColumn.uint64());
    private final FixedColumn variance = block.add("Variance", FixedColumn.float64());

    private final Map<Key, Sums> marked = new HashMap<>();
    private final Map<Key, Sums> added = new HashMap<>();
    private @Nullable Key last;
    private @Nullable Sums lastSums;

    private record Key(ServiceIdentity service, ValueType type, long minute) {}

    /** Sums of one service, type and minute. */
    static final class Sums {
        private long value;
        private long count;
        private long kept;
        private double variance;

        /**
         * Adds a row that nobody has totals of.
         *
         * @param events how many observations it stands for
         */
        void addRow(long rowValue, long events, long threshold) {
            boolean isByChance = threshold > rowValue && threshold > 0;
            value += isByChance ? threshold : rowValue;
            count += events;
            kept++;
            if (isByChance) {
                variance += (double) threshold * ((double) threshold - rowValue);
            }
        }

        private void add(Sums other) {
            value += other.value;
            count += other.count;
            kept += other.kept;
            variance += other.variance;
        }
    }

    /** What a service spent in the minute of a time; good until the next call of any method. */
    Sums sums(ServiceIdentity service, ValueType type, long unixNanos) {
        long ofMinute = Math.floorDiv(unixNanos, NANOS_PER_MINUTE);
        Key known = last;
        Sums sums = lastSums;
        if (known == null
                || sums == null
                || known.minute != ofMinute
                || !known.service.equals(service)
                || !known.type.equals(type)) {
            known = new Key(service, type, ofMinute);
            sums = added.computeIfAbsent(known, key -> new Sums());
            last = known;
            lastSums = sums;
        }
        return sums;
    }

    void addTotals(ServiceIdentity service, Totals totals) {
        Sums sums = sums(service, totals.type(), totals.windowStartUnixNanos());
        sums.value += totals.sum();
        sums.count += totals.observations();
        sums.kept += totals.keptRows();
    }

    long byteCount() {
        return (long) BYTES_PER_ROW * (marked.size() + added.size());
    }

    void mark() {
        added.forEach(
                (key, sums) -> marked.computeIfAbsent(key, absent -> new Sums()).add(sums));
        forgetAdded();
    }

    void rollback() {
        forgetAdded();
    }

    private void forgetAdded() {
        added.clear();
        last = null;
        lastSums = null;
    }

    /** Writes all sums as rows of the block. */
    void fill() {
        mark();
        marked.forEach(this::append);
    }

    void clear() {
        block.clear();
        marked.clear();
        forgetAdded();
    }

    private void append(Key key, Sums sums) {
        tenant.append(key.service.tenant());
        environment.append(key.service.environment());
        serviceName.append(key.service.name());
        serviceNamespace.append(key.service.namespace());
        serviceVersion.append(key.service.version());
        sampleType.append(key.type.type());
        sampleUnit.append(key.type.unit());
        minute.append(key.minute * SECONDS_PER_MINUTE);
        value.append(sums.value);
        count.append(sums.count);
        kept.append(sums.kept);
        variance.append(Double.doubleToRawLongBits(sums.variance));
    }
}
