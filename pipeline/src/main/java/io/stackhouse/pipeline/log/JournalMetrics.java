package io.stackhouse.pipeline.log;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.log.Refusal.Reason;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * What a journal tells about itself, under {@code otelcol_journal_…} with its pipeline's name. Counters stand at 0 from the start, so
 * that an alarm on their growth sees the first one. Any thread; gauges end with {@link #close}.
 */
final class JournalMetrics implements AutoCloseable {
    private static final AttributeKey<String> REASON = AttributeKey.stringKey("reason");
    private static final AttributeKey<String> STORAGE = AttributeKey.stringKey("storage");
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final List<Double> SYNC_SECONDS = List.of(
            0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0);

    private final Telemetry telemetry;
    private final Attributes pipeline;
    private final LongCounter appended;
    private final LongCounter duplicates;
    private final LongCounter damaged;
    private final LongCounter dropped;
    private final LongCounter refused;
    private final DoubleHistogram syncSeconds;
    private final Map<Reason, Attributes> reasons = new EnumMap<>(Reason.class);
    private final List<AutoCloseable> gauges = new ArrayList<>();
    private final AtomicLong duplicateCount = new AtomicLong();
    private final AtomicLong damagedCount = new AtomicLong();
    private final AtomicLong droppedCount = new AtomicLong();

    JournalMetrics(Telemetry telemetry) {
        this.telemetry = telemetry;
        this.pipeline = telemetry.labelled("pipeline");
        this.appended = counter("appended_records", "Requests that were accepted and kept");
        this.duplicates = counter("duplicate_requests", "Requests that were accepted and known already");
        this.damaged = counter("damaged_records", "Kept requests that can't be read back");
        this.dropped = counter("dropped_records", "Kept requests that were given up at a bound");
        this.refused = counter("refused_requests", "Requests that were told to come back later");
        this.syncSeconds = telemetry
                .meter()
                .histogramBuilder("otelcol_journal_sync_duration")
                .setDescription("Time to write a group of requests and sync it to disk")
                .setUnit("s")
                .setExplicitBucketBoundariesAdvice(SYNC_SECONDS)
                .build();
        for (Reason reason : Reason.values()) {
            reasons.put(reason, pipeline.toBuilder().put(REASON, reason.label).build());
        }
        for (LongCounter counter : List.of(appended, duplicates, damaged)) {
            counter.add(0, pipeline);
        }
        reasons.values().forEach(attributes -> refused.add(0, attributes));
        dropped.add(0, of(Reason.MAX_DISK_SIZE));
        dropped.add(0, of(Reason.MAX_AGE));
    }

    private LongCounter counter(String name, String description) {
        return telemetry
                .meter()
                .counterBuilder("otelcol_journal_" + name)
                .setDescription(description)
                .build();
    }

    private Attributes of(Reason reason) {
        Attributes attributes = reasons.get(reason);
        if (attributes == null) {
            throw new IllegalStateException("no label for " + reason);
        }
        return attributes;
    }

    /** Shows what the journal holds, and what it may. */
    void observe(Supplier<JournalFigures> figures, long maxMemoryBytes, long maxDiskBytes) {
        gauge(
                "records",
                "Accepted requests that not every destination has",
                () -> figures.get().records());
        sizes(
                "bytes",
                "What the journal takes",
                () -> figures.get().memoryBytes(),
                () -> figures.get().diskBytes(),
                maxDiskBytes > 0);
        sizes(
                "capacity_bytes",
                "What the journal may take",
                () -> maxMemoryBytes,
                () -> maxDiskBytes,
                maxDiskBytes > 0);
        Meter meter = telemetry.meter();
        gauges.add(meter.gaugeBuilder("otelcol_journal_oldest_age")
                .setDescription("Time since the receipt of the oldest request that not every destination has")
                .setUnit("s")
                .buildWithCallback(out -> out.record(seconds(ageNanos(figures.get())), pipeline)));
    }

    private long ageNanos(JournalFigures figures) {
        return figures.oldestUnixNanos() == Long.MAX_VALUE
                ? 0
                : Math.max(0, telemetry.clock().unixNanos() - figures.oldestUnixNanos());
    }

    private void gauge(String name, String description, Supplier<Long> value) {
        gauges.add(telemetry
                .meter()
                .gaugeBuilder("otelcol_journal_" + name)
                .ofLongs()
                .setDescription(description)
                .buildWithCallback(out -> out.record(value.get(), pipeline)));
    }

    private void sizes(String name, String description, Supplier<Long> memory, Supplier<Long> disk, boolean hasDisk) {
        Attributes inMemory = pipeline.toBuilder().put(STORAGE, "memory").build();
        Attributes onDisk = pipeline.toBuilder().put(STORAGE, "disk").build();
        gauges.add(telemetry
                .meter()
                .gaugeBuilder("otelcol_journal_" + name)
                .ofLongs()
                .setDescription(description)
                .setUnit("By")
                .buildWithCallback(out -> {
                    out.record(memory.get(), inMemory);
                    if (hasDisk) {
                        out.record(disk.get(), onDisk);
                    }
                }));
    }

    /** Says what the start found; it doesn't change any more. */
    void recovered(long records, long bytes, long nanos) {
        gauge("recovered_records", "Requests found on disk at the start, delivered or not", () -> records);
        gauges.add(telemetry
                .meter()
                .gaugeBuilder("otelcol_journal_recovered_bytes")
                .ofLongs()
                .setDescription("Bytes of the segments found on disk at the start")
                .setUnit("By")
                .buildWithCallback(out -> out.record(bytes, pipeline)));
        gauges.add(telemetry
                .meter()
                .gaugeBuilder("otelcol_journal_recovery_duration")
                .setDescription("Time that reading them took")
                .setUnit("s")
                .buildWithCallback(out -> out.record(seconds(nanos), pipeline)));
    }

    void appended(int records) {
        appended.add(records, pipeline);
    }

    void synced(long nanos) {
        syncSeconds.record(seconds(nanos), pipeline);
    }

    void duplicate() {
        duplicateCount.incrementAndGet();
        duplicates.add(1, pipeline);
    }

    void damaged(long records) {
        damagedCount.addAndGet(records);
        damaged.add(records, pipeline);
    }

    void dropped(long records, Reason reason) {
        droppedCount.addAndGet(records);
        dropped.add(records, of(reason));
    }

    void refused(int requests, Reason reason) {
        refused.add(requests, of(reason));
    }

    long duplicates() {
        return duplicateCount.get();
    }

    long damaged() {
        return damagedCount.get();
    }

    long dropped() {
        return droppedCount.get();
    }

    private static double seconds(long nanos) {
        return nanos / NANOS_PER_SECOND;
    }

    @Override
    public void close() {
        for (AutoCloseable gauge : gauges) {
            try {
                gauge.close();
            } catch (Exception e) {
                throw new IllegalStateException("a gauge can't be taken away", e);
            }
        }
        gauges.clear();
    }
}
