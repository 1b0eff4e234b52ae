package io.stackhouse.pipeline.otlp;

import static io.stackhouse.pipeline.testing.WireBytes.delimited;
import static io.stackhouse.pipeline.testing.WireBytes.join;

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

/** The flawless message that each trap spoils in one point. Stateless. */
final class TrapMessages {
    /** Rows of the string table. */
    static final int CPU = 3;

    static final int NANOSECONDS = 4;
    static final int SAMPLES = 7;
    static final int COUNT = 8;

    private TrapMessages() {}

    /** Every table with its row 0 and a row 1 that leads through all tables; attribute 1 is a build id, 2 a thread's name. */
    static ProfilesDictionary.Builder dictionary() {
        return ProfilesDictionary.newBuilder()
                .addStringTable("")
                .addStringTable("main")
                .addStringTable("/bin/x")
                .addStringTable("cpu")
                .addStringTable("nanoseconds")
                .addStringTable("process.executable.build_id.gnu")
                .addStringTable("thread.name")
                .addStringTable("samples")
                .addStringTable("count")
                .addAttributeTable(KeyValueAndUnit.getDefaultInstance())
                .addAttributeTable(attribute(5, "abc"))
                .addAttributeTable(attribute(6, "worker"))
                .addMappingTable(Mapping.getDefaultInstance())
                .addMappingTable(Mapping.newBuilder()
                        .setMemoryStart(0x1000)
                        .setMemoryLimit(0x2000)
                        .setFilenameStrindex(2)
                        .addAttributeIndices(1))
                .addFunctionTable(Function.getDefaultInstance())
                .addFunctionTable(Function.newBuilder().setNameStrindex(1).setStartLine(40))
                .addLocationTable(Location.getDefaultInstance())
                .addLocationTable(Location.newBuilder()
                        .setMappingIndex(1)
                        .setAddress(0x1234)
                        .addLines(Line.newBuilder().setFunctionIndex(1).setLine(42)))
                .addStackTable(Stack.getDefaultInstance())
                .addStackTable(Stack.newBuilder().addLocationIndices(1))
                .addLinkTable(Link.getDefaultInstance())
                .addLinkTable(link(16, 8));
    }

    static KeyValueAndUnit.Builder attribute(int key, String value) {
        return KeyValueAndUnit.newBuilder()
                .setKeyStrindex(key)
                .setValue(AnyValue.newBuilder().setStringValue(value));
    }

    /** A link with ids of so many bytes, all 1. */
    static Link.Builder link(int traceBytes, int spanBytes) {
        return Link.newBuilder()
                .setTraceId(ByteString.copyFromUtf8("\1".repeat(traceBytes)))
                .setSpanId(ByteString.copyFromUtf8("\1".repeat(spanBytes)));
    }

    static ValueType type(int name, int unit) {
        return ValueType.newBuilder()
                .setTypeStrindex(name)
                .setUnitStrindex(unit)
                .build();
    }

    /** From time 1000 on 1000 ns of cpu/nanoseconds, with these samples. */
    static Profile.Builder profile(Sample.Builder... samples) {
        Profile.Builder profile = Profile.newBuilder()
                .setSampleType(type(CPU, NANOSECONDS))
                .setTimeUnixNano(1000)
                .setDurationNano(1000);
        for (Sample.Builder sample : samples) {
            profile.addSamples(sample);
        }
        return profile;
    }

    /** In stack 1, with value 7. */
    static Sample.Builder sample() {
        return Sample.newBuilder().setStackIndex(1).addValues(7);
    }

    static ExportProfilesServiceRequest.Builder request(Profile.Builder... profiles) {
        return request(dictionary(), profiles);
    }

    /** The profiles in one scope of one resource. */
    static ExportProfilesServiceRequest.Builder request(
            ProfilesDictionary.Builder dictionary, Profile.Builder... profiles) {
        return ExportProfilesServiceRequest.newBuilder()
                .setDictionary(dictionary)
                .addResourceProfiles(resource(Resource.newBuilder(), profiles));
    }

    static ResourceProfiles.Builder resource(Resource.Builder resource, Profile.Builder... profiles) {
        ScopeProfiles.Builder scope = ScopeProfiles.newBuilder();
        for (Profile.Builder profile : profiles) {
            scope.addProfiles(profile);
        }
        return ResourceProfiles.newBuilder().setResource(resource).addScopeProfiles(scope);
    }

    static Resource.Builder resourceOf(String key, AnyValue.Builder value) {
        return Resource.newBuilder()
                .addAttributes(KeyValue.newBuilder().setKey(key).setValue(value));
    }

    static AnyValue.Builder text(String text) {
        return AnyValue.newBuilder().setStringValue(text);
    }

    /** A request whose only profile has these bytes; string 3 and 4 of the dictionary are its type, and stack 1 is there. */
    static byte[] rawProfile(byte... profile) {
        byte[] dictionary = ExportProfilesServiceRequest.newBuilder()
                .setDictionary(dictionary())
                .build()
                .toByteArray();
        return join(dictionary, delimited(1, delimited(2, delimited(2, profile))));
    }

    static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
