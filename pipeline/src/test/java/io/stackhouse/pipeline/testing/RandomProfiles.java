package io.stackhouse.pipeline.testing;

import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
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
import java.util.List;
import java.util.Random;

/** Valid profiles requests, the same for the same seed. One thread. */
public final class RandomProfiles {
    /** Names that make some of the profiles counted CPU time. */
    private static final List<String> TYPES = List.of("samples", "count", "cpu", "nanoseconds", "perf_events", "ns");

    private final Random random;

    public RandomProfiles(long seed) {
        this(new Random(seed));
    }

    /** What {@code random} says decides. */
    public RandomProfiles(Random random) {
        this.random = random;
    }

    public ExportProfilesServiceRequest request() {
        ProfilesDictionary dictionary = dictionary();
        ExportProfilesServiceRequest.Builder request = ExportProfilesServiceRequest.newBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            request.addResourceProfiles(resource(dictionary));
        }
        return request.setDictionary(dictionary).build();
    }

    private ProfilesDictionary dictionary() {
        ProfilesDictionary.Builder out = ProfilesDictionary.newBuilder();
        boolean hasTypes = random.nextBoolean();
        int strings = (hasTypes ? TYPES.size() : 0) + 1 + random.nextInt(20);
        out.addStringTable("");
        if (hasTypes) {
            out.addAllStringTable(TYPES);
        }
        for (int i = out.getStringTableCount(); i < strings; i++) {
            out.addStringTable("s" + i + (random.nextBoolean() ? "" : "é€😀"));
        }
        out.addAttributeTable(KeyValueAndUnit.getDefaultInstance());
        for (int i = random.nextInt(6); i > 0; i--) {
            out.addAttributeTable(KeyValueAndUnit.newBuilder()
                    .setKeyStrindex(random.nextInt(strings))
                    .setValue(value(2, strings))
                    .setUnitStrindex(random.nextInt(strings)));
        }
        int attributes = out.getAttributeTableCount();
        out.addMappingTable(Mapping.getDefaultInstance());
        for (int i = random.nextInt(4); i > 0; i--) {
            out.addMappingTable(Mapping.newBuilder()
                    .setMemoryStart(random.nextLong())
                    .setMemoryLimit(random.nextLong())
                    .setFileOffset(random.nextInt(1 << 20))
                    .setFilenameStrindex(random.nextInt(strings))
                    .addAttributeIndices(random.nextInt(attributes)));
        }
        out.addFunctionTable(Function.getDefaultInstance());
        for (int i = random.nextInt(8); i > 0; i--) {
            out.addFunctionTable(Function.newBuilder()
                    .setNameStrindex(random.nextInt(strings))
                    .setSystemNameStrindex(random.nextInt(strings))
                    .setFilenameStrindex(random.nextInt(strings))
                    .setStartLine(random.nextInt(1000)));
        }
        out.addLocationTable(Location.getDefaultInstance());
        for (int i = random.nextInt(12); i > 0; i--) {
            out.addLocationTable(location(out, attributes));
        }
        out.addStackTable(Stack.getDefaultInstance());
        for (int i = random.nextInt(8); i > 0; i--) {
            Stack.Builder stack = Stack.newBuilder();
            for (int k = random.nextInt(200); k > 0; k--) {
                stack.addLocationIndices(random.nextInt(out.getLocationTableCount()));
            }
            out.addStackTable(stack);
        }
        out.addLinkTable(Link.getDefaultInstance());
        for (int i = random.nextInt(3); i > 0; i--) {
            out.addLinkTable(Link.newBuilder().setTraceId(bytes(16)).setSpanId(bytes(8)));
        }
        return out.build();
    }

    private Location location(ProfilesDictionary.Builder dictionary, int attributes) {
        Location.Builder location = Location.newBuilder()
                .setMappingIndex(random.nextInt(dictionary.getMappingTableCount()))
                .setAddress(random.nextLong());
        for (int k = random.nextInt(3); k > 0; k--) {
            location.addLines(Line.newBuilder()
                    .setFunctionIndex(random.nextInt(dictionary.getFunctionTableCount()))
                    .setLine(random.nextInt(5000))
                    .setColumn(random.nextInt(3)));
        }
        return location.addAttributeIndices(random.nextInt(attributes)).build();
    }

    private ResourceProfiles resource(ProfilesDictionary dictionary) {
        int strings = dictionary.getStringTableCount();
        Resource.Builder resource = Resource.newBuilder();
        for (int i = random.nextInt(3); i > 0; i--) {
            resource.addAttributes(KeyValue.newBuilder().setKey("key" + i).setValue(value(3, strings)));
        }
        resource.addAttributes(
                KeyValue.newBuilder().setKeyStrindex(random.nextInt(strings)).setValue(value(1, strings)));
        ResourceProfiles.Builder out = ResourceProfiles.newBuilder()
                .setResource(resource)
                .setSchemaUrl(random.nextBoolean() ? "" : "urn:schema");
        for (int i = random.nextInt(3); i > 0; i--) {
            ScopeProfiles.Builder scope = ScopeProfiles.newBuilder()
                    .setScope(InstrumentationScope.newBuilder()
                            .setName("scope" + i)
                            .setVersion("1"));
            for (int k = random.nextInt(3); k > 0; k--) {
                scope.addProfiles(profile(dictionary));
            }
            out.addScopeProfiles(scope);
        }
        return out.build();
    }

    private Profile profile(ProfilesDictionary dictionary) {
        int strings = dictionary.getStringTableCount();
        boolean hasTypes =
                strings > TYPES.size() && dictionary.getStringTable(1).equals(TYPES.get(0));
        int types = hasTypes && random.nextBoolean() ? TYPES.size() + 1 : strings;
        Profile.Builder profile = Profile.newBuilder()
                .setSampleType(ValueType.newBuilder()
                        .setTypeStrindex(random.nextInt(types))
                        .setUnitStrindex(random.nextInt(types)))
                .setPeriodType(ValueType.newBuilder()
                        .setTypeStrindex(random.nextInt(types))
                        .setUnitStrindex(random.nextInt(types)))
                .setPeriod(random.nextInt())
                .setTimeUnixNano(random.nextLong())
                .setDurationNano(random.nextInt(1 << 30))
                .addAttributeIndices(random.nextInt(dictionary.getAttributeTableCount()));
        if (random.nextBoolean()) {
            profile.setProfileId(bytes(16));
        }
        if (random.nextInt(4) == 0) {
            profile.setOriginalPayloadFormat("jfr").setOriginalPayload(bytes(20));
        }
        for (int i = random.nextInt(10); i > 0; i--) {
            profile.addSamples(sample(dictionary));
        }
        return profile.build();
    }

    private Sample sample(ProfilesDictionary dictionary) {
        Sample.Builder sample = Sample.newBuilder()
                .setStackIndex(random.nextInt(dictionary.getStackTableCount()))
                .setLinkIndex(random.nextInt(dictionary.getLinkTableCount()));
        for (int i = random.nextInt(3); i > 0; i--) {
            sample.addAttributeIndices(random.nextInt(dictionary.getAttributeTableCount()));
        }
        int rows = random.nextInt(5);
        int shape = random.nextInt(3);
        for (int i = 0; i < rows; i++) {
            if (shape != 0) {
                sample.addValues(random.nextLong() >> random.nextInt(64));
            }
            if (shape != 1) {
                sample.addTimestampsUnixNano(random.nextLong());
            }
        }
        return sample.build();
    }

    private AnyValue value(int depth, int strings) {
        AnyValue.Builder out = AnyValue.newBuilder();
        switch (random.nextInt(depth > 0 ? 8 : 6)) {
            case 0 -> out.setStringValue("v" + random.nextInt(9));
            case 1 -> out.setBoolValue(random.nextBoolean());
            case 2 -> out.setIntValue(random.nextLong());
            case 3 -> out.setDoubleValue(random.nextDouble());
            case 4 -> out.setBytesValue(bytes(random.nextInt(5)));
            case 5 -> out.setStringValueStrindex(random.nextInt(strings));
            default ->
                out.setArrayValue(ArrayValue.newBuilder()
                        .addValues(value(depth - 1, strings))
                        .addValues(AnyValue.getDefaultInstance()));
        }
        return out.build();
    }

    private com.google.protobuf.ByteString bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return com.google.protobuf.ByteString.copyFrom(bytes);
    }
}
