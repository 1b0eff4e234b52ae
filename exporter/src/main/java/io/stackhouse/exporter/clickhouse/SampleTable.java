package io.stackhouse.exporter.clickhouse;

import io.stackhouse.exporter.clickhouse.block.FixedColumn;
import io.stackhouse.exporter.clickhouse.block.LowCardinalityColumn;
import io.stackhouse.exporter.clickhouse.block.NativeBlock;
import io.stackhouse.exporter.clickhouse.block.StringColumn;
import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.ProfileHeader;

/** The open block of the table of samples. One thread. */
final class SampleTable {
    static final String NAME = "otel_profiles_samples_v1";
    private static final String THREAD_NAME = "thread.name";

    final NativeBlock block = new NativeBlock();
    private final LowCardinalityColumn tenant = block.add("Tenant", new LowCardinalityColumn());
    private final LowCardinalityColumn environment = block.add("Environment", new LowCardinalityColumn());
    private final LowCardinalityColumn serviceName = block.add("ServiceName", new LowCardinalityColumn());
    private final LowCardinalityColumn serviceNamespace = block.add("ServiceNamespace", new LowCardinalityColumn());
    private final LowCardinalityColumn serviceVersion = block.add("ServiceVersion", new LowCardinalityColumn());
    private final LowCardinalityColumn sampleType = block.add("SampleType", new LowCardinalityColumn());
    private final LowCardinalityColumn sampleUnit = block.add("SampleUnit", new LowCardinalityColumn());
    private final LowCardinalityColumn originalType = block.add("OriginalType", new LowCardinalityColumn());
    private final LowCardinalityColumn originalUnit = block.add("OriginalUnit", new LowCardinalityColumn());
    private final LowCardinalityColumn periodType = block.add("PeriodType", new LowCardinalityColumn());
    private final LowCardinalityColumn periodUnit = block.add("PeriodUnit", new LowCardinalityColumn());
    private final FixedColumn period = block.add("Period", FixedColumn.int64());
    private final FixedColumn timestamp = block.add("Timestamp", FixedColumn.dateTime64Utc());
    private final FixedColumn observedTimestamp = block.add("ObservedTimestamp", FixedColumn.dateTime64Utc());
    private final FixedColumn durationNano = block.add("DurationNano", FixedColumn.uint64());
    private final FixedColumn value = block.add("Value", FixedColumn.int64());
    private final FixedColumn count = block.add("Count", FixedColumn.uint64());
    private final FixedColumn threshold = block.add("Threshold", FixedColumn.int64());
    private final FixedColumn stackHash = block.add("StackHash", FixedColumn.uint64());
    private final FixedColumn resourceHash = block.add("ResourceHash", FixedColumn.uint64());
    private final StringColumn threadName = block.add("ThreadName", new StringColumn());
    private final AttributeColumns attributes = new AttributeColumns(block, "Attributes");
    private final AttributeColumns profileAttributes = new AttributeColumns(block, "ProfileAttributes");
    private final StringColumn traceId = block.add("TraceId", new StringColumn());
    private final StringColumn spanId = block.add("SpanId", new StringColumn());
    private final StringColumn profileId = block.add("ProfileId", new StringColumn());

    private final int[] shared = new int[11];
    private long sharedPeriod;
    private long sharedDurationNanos;
    private long sharedResourceHash;
    private byte[] sharedProfileId = new byte[0];
    private int[] sharedAttributes = new int[0];
    private boolean isPeriodOfSameType;

    void openBatch(Dictionary dictionary) {
        attributes.open(dictionary);
        profileAttributes.open(dictionary);
    }

    void clear() {
        block.clear();
        attributes.clear();
        profileAttributes.clear();
    }

    /** Makes the next rows those of this profile; to be called again after {@link #clear}. */
    void openProfile(ServiceIdentity service, ProfileHeader profile, long hashOfResource) {
        sharedPeriod = profile.period();
        sharedDurationNanos = profile.durationNanos();
        sharedResourceHash = hashOfResource;
        sharedProfileId = profile.profileId();
        sharedAttributes = profile.attributes();
        isPeriodOfSameType = profile.period() > 0 && profile.periodType().equals(profile.type());
        shared[0] = tenant.intern(service.tenant());
        shared[1] = environment.intern(service.environment());
        shared[2] = serviceName.intern(service.name());
        shared[3] = serviceNamespace.intern(service.namespace());
        shared[4] = serviceVersion.intern(service.version());
        shared[5] = sampleType.intern(profile.type().type());
        shared[6] = sampleUnit.intern(profile.type().unit());
        shared[7] = periodType.intern(profile.periodType().type());
        shared[8] = periodUnit.intern(profile.periodType().unit());
        shared[9] = originalType.intern(profile.originalType().type());
        shared[10] = originalUnit.intern(profile.originalType().unit());
    }

    /**
     * Appends one row of the open profile.
     *
     * @param unixNanos the time to store it under
     * @param originalUnixNanos the time it came with, when that is another one
     */
    void append(ProfileBatch batch, int row, long hashOfStack, long unixNanos, long originalUnixNanos) {
        appendShared();
        boolean isInterval = batch.rowTimestampUnixNanos(row) == 0;
        timestamp.append(unixNanos);
        observedTimestamp.append(batch.receivedUnixNanos());
        durationNano.append(isInterval ? sharedDurationNanos : 0);
        value.append(batch.rowValue(row));
        count.append(events(batch, row));
        threshold.append(batch.rowThreshold(row));
        stackHash.append(hashOfStack);
        resourceHash.append(sharedResourceHash);
        appendAttributes(batch, row, unixNanos == originalUnixNanos ? 0 : originalUnixNanos);
        appendLink(batch, row);
        if (sharedProfileId.length == 0) {
            profileId.appendEmpty();
        } else {
            profileId.appendHex(sharedProfileId);
        }
    }

    private void appendShared() {
        tenant.appendInterned(shared[0]);
        environment.appendInterned(shared[1]);
        serviceName.appendInterned(shared[2]);
        serviceNamespace.appendInterned(shared[3]);
        serviceVersion.appendInterned(shared[4]);
        sampleType.appendInterned(shared[5]);
        sampleUnit.appendInterned(shared[6]);
        periodType.appendInterned(shared[7]);
        periodUnit.appendInterned(shared[8]);
        originalType.appendInterned(shared[9]);
        originalUnit.appendInterned(shared[10]);
        period.append(sharedPeriod);
    }

    /**
     * How many events a row of the open profile stands for: one that has a time is one; an interval's are found by its period, without
     * one they are as many as were told singly.
     */
    long events(ProfileBatch batch, int row) {
        if (batch.rowTimestampUnixNanos(row) != 0) {
            return 1;
        }
        return isPeriodOfSameType
                ? Math.max(1, Math.round((double) batch.rowValue(row) / sharedPeriod))
                : batch.rowObservations(row);
    }

    private void appendAttributes(ProfileBatch batch, int row, long movedFromUnixNanos) {
        Dictionary dictionary = batch.dictionary();
        int sample = batch.rowSample(row);
        boolean hasThreadName = false;
        for (int i = batch.sampleAttributeStart(sample); i < batch.sampleAttributeEnd(sample); i++) {
            int attribute = batch.sampleAttribute(i);
            if (!hasThreadName
                    && dictionary.attributeKey(attribute).equals(THREAD_NAME)
                    && attributes.appendIfString(dictionary, attribute, threadName)) {
                hasThreadName = true;
            } else {
                attributes.put(dictionary, attribute);
            }
        }
        if (!hasThreadName) {
            threadName.appendEmpty();
        }
        if (movedFromUnixNanos != 0) {
            attributes.put(TimeWindow.ORIGINAL_TIMESTAMP, Long.toUnsignedString(movedFromUnixNanos));
        }
        attributes.endRow();
        for (int attribute : sharedAttributes) {
            profileAttributes.put(dictionary, attribute);
        }
        profileAttributes.endRow();
    }

    private void appendLink(ProfileBatch batch, int row) {
        Dictionary dictionary = batch.dictionary();
        int link = batch.sampleLink(batch.rowSample(row));
        long high = dictionary.linkTraceHigh(link);
        long low = dictionary.linkTraceLow(link);
        if (high == 0 && low == 0) {
            traceId.appendEmpty();
        } else {
            traceId.appendHex(high, low);
        }
        long span = dictionary.linkSpan(link);
        if (span == 0) {
            spanId.appendEmpty();
        } else {
            spanId.appendHex(span);
        }
    }
}
