package io.stackhouse.pipeline.testing;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.profiles.v1development.Function;
import io.opentelemetry.proto.profiles.v1development.KeyValueAndUnit;
import io.opentelemetry.proto.profiles.v1development.Line;
import io.opentelemetry.proto.profiles.v1development.Link;
import io.opentelemetry.proto.profiles.v1development.Location;
import io.opentelemetry.proto.profiles.v1development.Mapping;
import io.opentelemetry.proto.profiles.v1development.Profile;
import io.opentelemetry.proto.profiles.v1development.ProfilesDictionary;
import io.opentelemetry.proto.profiles.v1development.ResourceProfiles;
import io.opentelemetry.proto.profiles.v1development.Sample;
import io.opentelemetry.proto.profiles.v1development.ScopeProfiles;
import io.opentelemetry.proto.profiles.v1development.Stack;
import io.opentelemetry.proto.profiles.v1development.ValueType;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.Random;

/**
 * A large profiles request in the proportions of a busy host: 8 processes, {@link #STACKS} stacks of 20 to 60 frames over shared
 * locations, each sample with three attributes (thread name, thread id, CPU), every 50th with a link. The same for the same
 * arguments. Made with protobuf-java, so that nothing of the code under test takes part. One thread.
 */
public final class SyntheticProfiles {
    private static final int STACKS = 4_000;
    private static final int LOCATIONS = 12_000;
    private static final int FUNCTIONS = 8_000;
    private static final int MAPPINGS = 60;
    private static final int THREADS = 200;
    private static final int CPUS = 64;
    private static final int LINKS = 500;
    private static final int RESOURCES = 8;
    private static final long START_UNIX_NANOS = 1_790_000_000_000_000_000L;

    /** What a sample consists of. */
    public enum Shape {
        /** One value for the whole interval. */
        ONE_VALUE,
        /** One to four timestamps, as the OpenTelemetry eBPF profiler sends them. */
        TIMESTAMPS_ONLY
    }

    private final Random random = new Random(42);
    private final ProfilesDictionary.Builder dictionary = ProfilesDictionary.newBuilder();

    private SyntheticProfiles() {}

    /** The request's bytes. */
    public static byte[] request(int samples, Shape shape) {
        SyntheticProfiles profiles = new SyntheticProfiles();
        profiles.fillDictionary();
        ExportProfilesServiceRequest.Builder request = ExportProfilesServiceRequest.newBuilder();
        for (int i = 0; i < RESOURCES; i++) {
            int from = (int) ((long) samples * i / RESOURCES);
            int to = (int) ((long) samples * (i + 1) / RESOURCES);
            request.addResourceProfiles(profiles.resourceProfiles(i, to - from, shape));
        }
        return request.setDictionary(profiles.dictionary).build().toByteArray();
    }

    private void fillDictionary() {
        string("");
        dictionary.addMappingTable(Mapping.getDefaultInstance());
        dictionary.addLocationTable(Location.getDefaultInstance());
        dictionary.addFunctionTable(Function.getDefaultInstance());
        dictionary.addLinkTable(Link.getDefaultInstance());
        dictionary.addAttributeTable(KeyValueAndUnit.getDefaultInstance());
        dictionary.addStackTable(Stack.getDefaultInstance());
        addAttributes();
        addFrames();
        for (int i = 0; i < STACKS; i++) {
            Stack.Builder stack = Stack.newBuilder();
            int frames = 20 + random.nextInt(41);
            for (int k = 0; k < frames; k++) {
                stack.addLocationIndices(1 + random.nextInt(LOCATIONS));
            }
            dictionary.addStackTable(stack);
        }
        for (int i = 0; i < LINKS; i++) {
            dictionary.addLinkTable(Link.newBuilder().setTraceId(id(16)).setSpanId(id(8)));
        }
    }

    /** Rows 1 to THREADS are names, then as many ids, then CPUs, then the one frame type. */
    private void addAttributes() {
        int name = string("thread.name");
        int id = string("thread.id");
        int cpu = string("cpu.logical_number");
        for (int i = 0; i < THREADS; i++) {
            attribute(name, AnyValue.newBuilder().setStringValue("http-nio-8080-exec-" + i));
        }
        for (int i = 0; i < THREADS; i++) {
            attribute(id, AnyValue.newBuilder().setIntValue(20_000 + i));
        }
        for (int i = 0; i < CPUS; i++) {
            attribute(cpu, AnyValue.newBuilder().setIntValue(i));
        }
        attribute(string("profile.frame.type"), AnyValue.newBuilder().setStringValue("jvm"));
    }

    private void addFrames() {
        int frameType = dictionary.getAttributeTableCount() - 1;
        for (int i = 0; i < MAPPINGS; i++) {
            dictionary.addMappingTable(Mapping.newBuilder()
                    .setMemoryStart(0x7f00_0000_0000L + i * 0x100_0000L)
                    .setMemoryLimit(0x7f00_0000_0000L + i * 0x100_0000L + 0x80_0000L)
                    .setFilenameStrindex(string("/usr/lib/x86_64-linux-gnu/lib" + i + ".so")));
        }
        for (int i = 0; i < FUNCTIONS; i++) {
            dictionary.addFunctionTable(Function.newBuilder()
                    .setNameStrindex(string("com.example.shop.orders.OrderService" + i % 700 + ".handle" + i))
                    .setFilenameStrindex(i % 11 == 0 ? string("OrderService" + i % 700 + ".java") : 1)
                    .setStartLine(10 + random.nextInt(900)));
        }
        for (int i = 0; i < LOCATIONS; i++) {
            dictionary.addLocationTable(Location.newBuilder()
                    .setMappingIndex(1 + random.nextInt(MAPPINGS))
                    .setAddress(random.nextInt(0x80_0000))
                    .addLines(Line.newBuilder()
                            .setFunctionIndex(1 + random.nextInt(FUNCTIONS))
                            .setLine(10 + random.nextInt(900)))
                    .addAttributeIndices(frameType));
        }
    }

    private ResourceProfiles.Builder resourceProfiles(int index, int samples, Shape shape) {
        ResourceProfiles.Builder out = ResourceProfiles.newBuilder();
        out.setResource(Resource.newBuilder()
                .addAttributes(keyValue("service.name", AnyValue.newBuilder().setStringValue("orders-" + index)))
                .addAttributes(keyValue("process.pid", AnyValue.newBuilder().setIntValue(1000 + index))));
        Profile.Builder profile = Profile.newBuilder()
                .setSampleType(type("cpu", "nanoseconds"))
                .setPeriodType(type("cpu", "nanoseconds"))
                .setPeriod(10_000_000)
                .setTimeUnixNano(START_UNIX_NANOS)
                .setDurationNano(60_000_000_000L)
                .setProfileId(id(16));
        for (int i = 0; i < samples; i++) {
            profile.addSamples(sample(shape));
        }
        return out.addScopeProfiles(ScopeProfiles.newBuilder().addProfiles(profile));
    }

    private Sample.Builder sample(Shape shape) {
        int thread = random.nextInt(THREADS);
        Sample.Builder sample = Sample.newBuilder()
                .setStackIndex(1 + random.nextInt(STACKS))
                .addAttributeIndices(1 + thread)
                .addAttributeIndices(1 + THREADS + thread)
                .addAttributeIndices(1 + 2 * THREADS + random.nextInt(CPUS));
        if (random.nextInt(50) == 0) {
            sample.setLinkIndex(1 + random.nextInt(LINKS));
        }
        if (shape == Shape.ONE_VALUE) {
            return sample.addValues(10_000_000L * (1 + random.nextInt(20)));
        }
        for (int i = random.nextInt(4); i >= 0; i--) {
            sample.addTimestampsUnixNano(START_UNIX_NANOS + random.nextInt(1_000_000) * 60_000L);
        }
        return sample;
    }

    private ValueType type(String type, String unit) {
        return ValueType.newBuilder()
                .setTypeStrindex(string(type))
                .setUnitStrindex(string(unit))
                .build();
    }

    private void attribute(int key, AnyValue.Builder value) {
        dictionary.addAttributeTable(
                KeyValueAndUnit.newBuilder().setKeyStrindex(key).setValue(value));
    }

    private static KeyValue keyValue(String key, AnyValue.Builder value) {
        return KeyValue.newBuilder().setKey(key).setValue(value).build();
    }

    private int string(String value) {
        dictionary.addStringTable(value);
        return dictionary.getStringTableCount() - 1;
    }

    private ByteString id(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }
}
