package io.stackhouse.exporter.clickhouse;

import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.ProfileHeader;
import io.stackhouse.pipeline.batch.ProfileHeader.OriginalPayload;
import io.stackhouse.pipeline.batch.ProfileHeader.ValueType;
import io.stackhouse.pipeline.batch.Resource;
import io.stackhouse.pipeline.batch.Scope;

/** Small batches for tests. */
final class TestBatches {
    static final ValueType CPU = new ValueType("cpu", "nanoseconds");
    static final long PERIOD = 10_101_010;

    private TestBatches() {}

    static Scope scope() {
        return new Scope("test", "1", new Attributes(), "");
    }

    static Resource service(String name) {
        Attributes attributes = new Attributes();
        attributes.put("service.name", name);
        return new Resource(attributes, "");
    }

    static ProfileHeader header(int resource, long timeUnixNanos, int... attributes) {
        return new ProfileHeader(
                resource,
                scope(),
                CPU,
                CPU,
                CPU,
                PERIOD,
                timeUnixNanos,
                10_000_000_000L,
                new byte[0],
                0,
                OriginalPayload.NONE,
                attributes);
    }

    /** Rows of a service with values 1 to {@code rows}, each in one of ten stacks, all times within the second before receipt. */
    static ProfileBatch rows(String service, int rows, long receivedUnixNanos) {
        Profiles profiles = new Profiles();
        int resource = profiles.resource(service(service));
        int profile = profiles.profile(header(resource, receivedUnixNanos - 1_000_000_000L));
        int[] stacks = new int[10];
        for (int i = 0; i < stacks.length; i++) {
            stacks[i] = profiles.stack(profiles.named("leaf" + i), profiles.named("main"));
        }
        for (int i = 1; i <= rows; i++) {
            int sample = profiles.sample(profile, stacks[i % stacks.length], 0);
            profiles.row(sample, i, receivedUnixNanos - i % 1000);
        }
        return profiles.build(receivedUnixNanos);
    }
}
