package io.stackhouse.exporter.clickhouse;

import io.stackhouse.exporter.clickhouse.block.FixedColumn;
import io.stackhouse.exporter.clickhouse.block.LowCardinalityColumn;
import io.stackhouse.exporter.clickhouse.block.NativeBlock;
import io.stackhouse.exporter.clickhouse.block.StringColumn;
import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.ProfileHeader;

/** The open block of the table of original payloads, and of how many attributes a profile left out. One thread. */
final class PayloadTable {
    static final String NAME = "otel_profiles_payloads_v1";

    final NativeBlock block = new NativeBlock();
    private final LowCardinalityColumn tenant = block.add("Tenant", new LowCardinalityColumn());
    private final LowCardinalityColumn environment = block.add("Environment", new LowCardinalityColumn());
    private final LowCardinalityColumn serviceName = block.add("ServiceName", new LowCardinalityColumn());
    private final LowCardinalityColumn serviceNamespace = block.add("ServiceNamespace", new LowCardinalityColumn());
    private final LowCardinalityColumn serviceVersion = block.add("ServiceVersion", new LowCardinalityColumn());
    private final LowCardinalityColumn sampleType = block.add("SampleType", new LowCardinalityColumn());
    private final LowCardinalityColumn sampleUnit = block.add("SampleUnit", new LowCardinalityColumn());
    private final FixedColumn timestamp = block.add("Timestamp", FixedColumn.dateTime64Utc());
    private final FixedColumn observedTimestamp = block.add("ObservedTimestamp", FixedColumn.dateTime64Utc());
    private final FixedColumn durationNano = block.add("DurationNano", FixedColumn.uint64());
    private final StringColumn profileId = block.add("ProfileId", new StringColumn());
    private final FixedColumn resourceHash = block.add("ResourceHash", FixedColumn.uint64());
    private final AttributeColumns attributes = new AttributeColumns(block, "ProfileAttributes");
    private final FixedColumn droppedAttributes = block.add("DroppedAttributesCount", FixedColumn.uint32());
    private final LowCardinalityColumn payloadFormat = block.add("PayloadFormat", new LowCardinalityColumn());
    private final StringColumn payload = block.add("Payload", new StringColumn());

    /** Whether a profile has something to be kept here. */
    static boolean isWanted(ProfileHeader profile) {
        return profile.payload().bytes().length > 0
                || !profile.payload().format().isEmpty()
                || profile.droppedAttributesCount() != 0;
    }

    void openBatch(Dictionary dictionary) {
        attributes.open(dictionary);
    }

    void clear() {
        block.clear();
        attributes.clear();
    }

    /**
     * Appends a profile.
     *
     * @param unixNanos the time to store it under
     * @param observedUnixNanos when it was received
     */
    void append(Dictionary dictionary, ProfileHeader profile, Source source, long unixNanos, long observedUnixNanos) {
        tenant.append(source.service().tenant());
        environment.append(source.service().environment());
        serviceName.append(source.service().name());
        serviceNamespace.append(source.service().namespace());
        serviceVersion.append(source.service().version());
        sampleType.append(profile.type().type());
        sampleUnit.append(profile.type().unit());
        timestamp.append(unixNanos);
        observedTimestamp.append(observedUnixNanos);
        durationNano.append(profile.durationNanos());
        profileId.appendHex(profile.profileId());
        resourceHash.append(source.resourceHash());
        for (int attribute : profile.attributes()) {
            attributes.put(dictionary, attribute);
        }
        attributes.endRow();
        droppedAttributes.append(profile.droppedAttributesCount());
        payloadFormat.append(profile.payload().format());
        payload.append(profile.payload().bytes());
    }

    /** Whose profile it is. */
    record Source(ServiceIdentity service, long resourceHash) {}
}
