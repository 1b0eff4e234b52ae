package io.stackhouse.pipeline.testing;

import io.stackhouse.pipeline.otlp.ProfileHeading;
import io.stackhouse.pipeline.otlp.ProfilesEncoder;
import io.stackhouse.pipeline.testing.SyntheticProfiles.Shape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Profiles requests to measure with, by name. Stateless. */
public final class BenchmarkPayloads {
    private static final int SYNTHETIC_SAMPLES = 100_000;
    private static final String VALUES = "synthetic-values";
    private static final String TIMESTAMPS = "synthetic-timestamps";
    private static final String ENCODED = "own-encoder";

    private BenchmarkPayloads() {}

    /** Those that can be had here; says so where real ones are missing. */
    public static List<String> names() throws IOException {
        List<String> names = new ArrayList<>();
        for (Corpus.Payload payload : Corpus.profiles()) {
            names.add(payload.name());
        }
        if (names.isEmpty()) {
            System.out.println("No real payloads here: " + ENCODED + ", made by our own encoder, stands in for them.");
            names.add(ENCODED);
        }
        names.add(VALUES);
        names.add(TIMESTAMPS);
        return names;
    }

    /** The bytes of a payload. */
    public static byte[] named(String name) throws IOException {
        switch (name) {
            case VALUES -> {
                return SyntheticProfiles.request(SYNTHETIC_SAMPLES, Shape.ONE_VALUE);
            }
            case TIMESTAMPS -> {
                return SyntheticProfiles.request(SYNTHETIC_SAMPLES, Shape.TIMESTAMPS_ONLY);
            }
            case ENCODED -> {
                return encoded();
            }
            default -> {
                for (Corpus.Payload payload : Corpus.profiles()) {
                    if (payload.name().equals(name)) {
                        return payload.message();
                    }
                }
                throw new IllegalArgumentException("no payload is named " + name + "; there are " + names());
            }
        }
    }

    /** What an agent of ours sends in an interval: 600 samples with values, of 150 stacks. */
    private static byte[] encoded() {
        Random random = new Random(7);
        ProfilesEncoder encoder = new ProfilesEncoder();
        int type = encoder.attribute("profile.frame.type", "native");
        int[] stacks = new int[150];
        int[] frames = new int[40];
        for (int i = 0; i < stacks.length; i++) {
            for (int k = 0; k < frames.length; k++) {
                int frame = random.nextInt(800);
                int mapping = encoder.mapping(0, 0, 0, encoder.string("/usr/lib/lib" + frame % 20 + ".so"));
                int function = encoder.function(encoder.string("do_something_" + frame), 0, 0, 0);
                frames[k] = encoder.location(mapping, 0x1000L + frame * 64L, function, 0, type);
            }
            stacks[i] = encoder.stack(frames, 10 + random.nextInt(30));
        }
        encoder.beginResource();
        encoder.resourceAttribute("service.name", "orders");
        encoder.beginScope("stackhouse", "");
        encoder.beginProfile(new ProfileHeading(
                "cpu",
                "nanoseconds",
                "cpu",
                "nanoseconds",
                10_000_000L,
                1_790_000_000_000_000_000L,
                10_000_000_000L,
                new byte[16]));
        int[] attributes = new int[2];
        for (int i = 0; i < 600; i++) {
            attributes[0] = encoder.attribute("thread.name", "worker-" + random.nextInt(16));
            attributes[1] = encoder.attribute("thread.id", 1000 + random.nextInt(16));
            encoder.sample(stacks[random.nextInt(stacks.length)], attributes, 2, 0, 10_000_000L);
        }
        return encoder.toByteArray();
    }
}
