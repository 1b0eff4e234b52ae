package io.stackhouse.processor.downsample;

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
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.otlp.ProfilesDecoder;

/** Profiles for tests: one row per value, each with its own stack. */
final class ProfileRows {
    private ProfileRows() {}

    /** The wire form of one profile of {@code type}/{@code unit}. */
    static byte[] encode(String type, String unit, long... values) {
        ProfilesDictionary.Builder dictionary = ProfilesDictionary.newBuilder()
                .addStringTable("")
                .addStringTable(type)
                .addStringTable(unit)
                .addMappingTable(Mapping.getDefaultInstance())
                .addLinkTable(Link.getDefaultInstance())
                .addAttributeTable(KeyValueAndUnit.getDefaultInstance())
                .addFunctionTable(Function.getDefaultInstance())
                .addLocationTable(Location.getDefaultInstance())
                .addStackTable(Stack.getDefaultInstance());
        Profile.Builder profile = Profile.newBuilder()
                .setSampleType(ValueType.newBuilder().setTypeStrindex(1).setUnitStrindex(2))
                .setTimeUnixNano(1_700_000_000_000_000_000L)
                .setDurationNano(10_000_000_000L);
        for (int i = 0; i < values.length; i++) {
            dictionary.addStringTable("function " + i);
            dictionary.addFunctionTable(Function.newBuilder().setNameStrindex(3 + i));
            dictionary.addLocationTable(
                    Location.newBuilder().addLines(Line.newBuilder().setFunctionIndex(i + 1)));
            dictionary.addStackTable(Stack.newBuilder().addLocationIndices(i + 1));
            profile.addSamples(Sample.newBuilder().setStackIndex(i + 1).addValues(values[i]));
        }
        KeyValue service = KeyValue.newBuilder()
                .setKey("service.name")
                .setValue(AnyValue.newBuilder().setStringValue("shop"))
                .build();
        return ExportProfilesServiceRequest.newBuilder()
                .setDictionary(dictionary)
                .addResourceProfiles(ResourceProfiles.newBuilder()
                        .setResource(Resource.newBuilder().addAttributes(service))
                        .addScopeProfiles(ScopeProfiles.newBuilder().addProfiles(profile)))
                .build()
                .toByteArray();
    }

    static ProfileBatch decode(byte[] body) {
        return ProfilesDecoder.forVersion(1)
                .decode(body, 0, MemoryLease.counting())
                .batch();
    }

    /** The sum that the kept rows stand for. */
    static double estimate(ProfileBatch batch) {
        double sum = 0;
        for (int row = 0; row < batch.rowCount(); row++) {
            sum += Math.max(batch.rowValue(row), batch.rowThreshold(row));
        }
        return sum;
    }
}
