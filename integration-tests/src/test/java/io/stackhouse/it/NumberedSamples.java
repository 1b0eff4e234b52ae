package io.stackhouse.it;

import io.stackhouse.pipeline.otlp.ProfileHeading;
import io.stackhouse.pipeline.otlp.ProfilesEncoder;

/** Requests of samples whose values are consecutive numbers. Stateless. */
final class NumberedSamples {
    private static final int STACKS = 50;

    private NumberedSamples() {}

    /** The samples {@code request * count} to {@code request * count + count - 1}, taken at that time. */
    static byte[] request(long request, int count, long unixNanos) {
        ProfilesEncoder encoder = new ProfilesEncoder();
        int[] stacks = new int[STACKS];
        int[] frames = new int[2];
        for (int i = 0; i < STACKS; i++) {
            int mapping = encoder.mapping(0, 0, 0, encoder.string("/bin/numbered"));
            // Some stacks are new with every request.
            String name = i % 10 == 0 ? "leaf_" + request : "leaf" + i;
            frames[0] = encoder.location(mapping, 0, encoder.function(encoder.string(name), 0, 0, 0), 1);
            frames[1] = encoder.location(mapping, 0, encoder.function(encoder.string("main"), 0, 0, 0), 1);
            stacks[i] = encoder.stack(frames, 2);
        }
        encoder.beginResource();
        encoder.resourceAttribute("service.name", "numbered-" + request % 7);
        encoder.beginScope("numbers", "");
        encoder.beginProfile(
                new ProfileHeading("number", "count", "number", "count", 1, unixNanos, 1_000_000_000L, new byte[16]));
        for (int i = 0; i < count; i++) {
            encoder.sample(stacks[i % STACKS], new int[0], 0, 0, request * count + i);
        }
        return encoder.toByteArray();
    }
}
