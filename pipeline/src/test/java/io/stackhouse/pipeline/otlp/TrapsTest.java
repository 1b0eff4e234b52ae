package io.stackhouse.pipeline.otlp;

import static io.stackhouse.pipeline.otlp.TrapMessages.COUNT;
import static io.stackhouse.pipeline.otlp.TrapMessages.CPU;
import static io.stackhouse.pipeline.otlp.TrapMessages.NANOSECONDS;
import static io.stackhouse.pipeline.otlp.TrapMessages.SAMPLES;
import static io.stackhouse.pipeline.otlp.TrapMessages.attribute;
import static io.stackhouse.pipeline.otlp.TrapMessages.bytes;
import static io.stackhouse.pipeline.otlp.TrapMessages.dictionary;
import static io.stackhouse.pipeline.otlp.TrapMessages.link;
import static io.stackhouse.pipeline.otlp.TrapMessages.profile;
import static io.stackhouse.pipeline.otlp.TrapMessages.rawProfile;
import static io.stackhouse.pipeline.otlp.TrapMessages.request;
import static io.stackhouse.pipeline.otlp.TrapMessages.resource;
import static io.stackhouse.pipeline.otlp.TrapMessages.resourceOf;
import static io.stackhouse.pipeline.otlp.TrapMessages.sample;
import static io.stackhouse.pipeline.otlp.TrapMessages.text;
import static io.stackhouse.pipeline.otlp.TrapMessages.type;
import static io.stackhouse.pipeline.testing.WireBytes.delimited;
import static io.stackhouse.pipeline.testing.WireBytes.join;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnknownFieldSet;
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
import io.opentelemetry.proto.profiles.v1development.Sample;
import io.opentelemetry.proto.profiles.v1development.Stack;
import io.opentelemetry.proto.resource.v1.Resource;
import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.memory.MemoryLease;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What happens to a message that is wrong, odd or hostile in one point. As long as it is because it is a table: a row per trap. What
 * batches of traps hold: TrapContentTest.
 */
class TrapsTest {
    /**
     * A trap and the answer to it.
     *
     * @param name begins with the trap's number
     * @param answer {@code request: …} when the request is rejected, {@code profiles n: …} when n profiles are, else empty; what
     *     follows the colon is part of the message
     * @param values of the rows that are accepted
     * @param warnings by kind
     */
    record Trap(String name, byte[] body, String answer, List<Long> values, String warnings) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final List<Trap> TRAPS = new ArrayList<>();

    static List<Trap> traps() {
        TRAPS.clear();
        dictionaries();
        indices();
        samples();
        attributes();
        times();
        ids();
        large();
        wire();
        types();
        return TRAPS;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("traps")
    void answers(Trap trap) {
        ProfilesDecoder.Decoded decoded;
        try {
            decoded = ProfilesDecoder.forVersion(1).decode(trap.body(), 0, MemoryLease.counting());
        } catch (RejectedException e) {
            assertThat("request: " + e.getMessage())
                    .startsWith("request: ")
                    .contains(trap.answer().substring(9));
            assertThat(trap.answer()).startsWith("request: ");
            return;
        }
        if (trap.answer().isEmpty()) {
            assertThat(decoded.message()).isEmpty();
            assertThat(decoded.rejectedProfiles()).isZero();
        } else {
            assertThat(trap.answer()).startsWith("profiles " + decoded.rejectedProfiles() + ": ");
            assertThat(decoded.message())
                    .contains(trap.answer().substring(trap.answer().indexOf(':') + 2));
        }
        assertThat(values(decoded.batch())).isEqualTo(trap.values());
        assertThat(decoded.warnings()).hasToString(trap.warnings());
    }

    private static List<Long> values(ProfileBatch batch) {
        List<Long> values = new ArrayList<>();
        // A million rows are known by their number.
        for (int row = 0; row < Math.min(4, batch.rowCount()); row++) {
            values.add(batch.rowValue(row));
        }
        if (batch.rowCount() > 4) {
            values.add((long) batch.rowCount());
        }
        return values;
    }

    private static void dictionaries() {
        ExportProfilesServiceRequest.Builder bare = ExportProfilesServiceRequest.newBuilder();
        accepted(
                "1 no dictionary, and no index",
                bare.clone()
                        .addResourceProfiles(resource(
                                Resource.newBuilder(),
                                profile(Sample.newBuilder().addValues(7)).clearSampleType())),
                "{missing_sample_type=1}",
                7);
        requestRejected(
                "1 no dictionary, but indices",
                bare.clone().addResourceProfiles(resource(Resource.newBuilder(), profile(sample()))),
                "no dictionary, but its profiles refer to one");
        KeyValue.Builder indexed = KeyValue.newBuilder().setKeyStrindex(1);
        requestRejected(
                "1 no dictionary, but an index in a resource",
                bare.clone()
                        .addResourceProfiles(resource(
                                Resource.newBuilder().addAttributes(indexed),
                                profile().clearSampleType())),
                "no dictionary, but its profiles refer to one");
        rejected("2 empty mapping table", with(d -> d.clearMappingTable()), "stack index 1 leads outside");
        rejected("2 empty location table", with(d -> d.clearLocationTable()), "stack index 1 leads outside");
        rejected("2 empty function table", with(d -> d.clearFunctionTable()), "stack index 1 leads outside");
        rejected("2 empty string table", with(d -> d.clearStringTable()), "outside the string table of 1");
        rejected("2 empty attribute table", with(d -> d.clearAttributeTable()), "stack index 1 leads outside");
        rejected("2 empty stack table", with(d -> d.clearStackTable()), "whose stack table has 1 rows");
        accepted("2 empty link table that nothing refers to", with(d -> d.clearLinkTable()), "{}", 7);
        rejected(
                "2 empty link table",
                request(dictionary().clearLinkTable(), profile(sample().setLinkIndex(1))),
                "link index 1 leads outside");
        accepted(
                "2 all tables empty, and no index",
                request(
                        ProfilesDictionary.newBuilder(),
                        profile(Sample.newBuilder().addValues(7)).clearSampleType()),
                "{missing_sample_type=1}",
                7);
        String nonZero = "{non_zero_first_row=1}";
        accepted("3 row 0 of mappings", with(d -> d.setMappingTable(0, d.getMappingTable(1))), nonZero, 7);
        accepted("3 row 0 of locations", with(d -> d.setLocationTable(0, d.getLocationTable(1))), nonZero, 7);
        accepted("3 row 0 of functions", with(d -> d.setFunctionTable(0, d.getFunctionTable(1))), nonZero, 7);
        accepted("3 row 0 of links", with(d -> d.setLinkTable(0, d.getLinkTable(1))), nonZero, 7);
        accepted("3 row 0 of strings", with(d -> d.setStringTable(0, "x")), nonZero, 7);
        accepted("3 row 0 of attributes", with(d -> d.setAttributeTable(0, d.getAttributeTable(1))), nonZero, 7);
        accepted("3 row 0 of stacks", with(d -> d.setStackTable(0, d.getStackTable(1))), nonZero, 7);
        Link.Builder zeros = Link.newBuilder()
                .setTraceId(ByteString.copyFrom(new byte[16]))
                .setSpanId(ByteString.copyFrom(new byte[8]));
        accepted("3 row 0 of links with zero bytes is zero", with(d -> d.setLinkTable(0, zeros)), "{}", 7);
        accepted("11 duplicate strings", with(d -> d.addStringTable("main").addStringTable("main")), "{}", 7);
        accepted(
                "11 duplicate stacks and attributes",
                with(d -> d.addStackTable(d.getStackTable(1)).addAttributeTable(d.getAttributeTable(1))),
                "{}",
                7);
        accepted("12 orphans", with(d -> d.addLocationTable(d.getLocationTable(1))), "{}", 7);
        accepted(
                "27 negative lines",
                with(d -> d.setLocationTable(
                        1,
                        d.getLocationTable(1).toBuilder()
                                .addLines(Line.newBuilder()
                                        .setFunctionIndex(1)
                                        .setLine(-1)
                                        .setColumn(-2)))),
                "{negative_line=1}",
                7);
        accepted(
                "a function without a name, a mapping without a build id",
                with(d -> d.addFunctionTable(Function.newBuilder().setStartLine(3))
                        .addMappingTable(Mapping.newBuilder().setFilenameStrindex(2))),
                "{missing_build_id=1, nameless_function=1}",
                7);
    }

    /** Each index that there is, before, at and far behind the end of its table. */
    private static void indices() {
        int[] bad = {-1, 0, Integer.MAX_VALUE};
        int[] numbers = {4, 5, 6};
        for (int i = 0; i < 3; i++) {
            String n = numbers[i] + " ";
            int two = bad[i] == 0 ? 2 : bad[i];
            int three = bad[i] == 0 ? 3 : bad[i];
            int nine = bad[i] == 0 ? 9 : bad[i];
            String stack = "stack index 1 leads outside";
            rejected(n + "stack " + two, request(profile(sample().setStackIndex(two))), "stack index " + two);
            rejected(n + "link " + two, request(profile(sample().setLinkIndex(two))), "link index " + two);
            rejected(
                    n + "attribute of a sample " + three,
                    request(profile(sample().addAttributeIndices(three))),
                    "attribute index " + three);
            rejected(
                    n + "attribute of a profile " + three,
                    request(profile(sample()).addAttributeIndices(three)),
                    "attribute index " + three);
            rejected(
                    n + "sample type " + nine,
                    request(profile(sample()).setSampleType(type(nine, 1))),
                    "outside the string table of 9");
            rejected(
                    n + "period type " + nine,
                    request(profile(sample()).setPeriodType(type(1, nine))),
                    "outside the string table of 9");
            rejected(
                    n + "location of a stack " + two,
                    with(d -> d.setStackTable(1, Stack.newBuilder().addLocationIndices(two))),
                    stack);
            rejected(
                    n + "mapping of a location " + two,
                    with(d -> d.setLocationTable(1, Location.newBuilder().setMappingIndex(two))),
                    stack);
            rejected(
                    n + "function of a line " + two,
                    with(d -> d.setLocationTable(
                            1, Location.newBuilder().addLines(Line.newBuilder().setFunctionIndex(two)))),
                    stack);
            rejected(
                    n + "attribute of a location " + three,
                    with(d -> d.setLocationTable(1, Location.newBuilder().addAttributeIndices(three))),
                    stack);
            rejected(
                    n + "name of a function " + nine,
                    with(d -> d.setFunctionTable(1, Function.newBuilder().setNameStrindex(nine))),
                    stack);
            rejected(
                    n + "file of a mapping " + nine,
                    with(d -> d.setMappingTable(
                            1, d.getMappingTable(1).toBuilder().setFilenameStrindex(nine))),
                    stack);
            rejected(
                    n + "attribute of a mapping " + three,
                    with(d -> d.setMappingTable(
                            1, d.getMappingTable(1).toBuilder().addAttributeIndices(three))),
                    stack);
            rejected(n + "key of an attribute " + nine, with(d -> d.setAttributeTable(1, attribute(nine, "x"))), stack);
            rejected(
                    n + "value of an attribute " + nine,
                    with(d -> d.setAttributeTable(
                            1,
                            KeyValueAndUnit.newBuilder()
                                    .setKeyStrindex(5)
                                    .setValue(AnyValue.newBuilder().setStringValueStrindex(nine)))),
                    stack);
            acceptedBeside(
                    "15 index " + nine + " in a resource",
                    request(profile(sample()))
                            .addResourceProfiles(resource(
                                    Resource.newBuilder()
                                            .addAttributes(KeyValue.newBuilder().setKeyStrindex(nine)),
                                    profile(sample()))),
                    "string index " + nine + ", which is outside the string table of 9",
                    "{}",
                    7);
        }
        byte[] minusOne = bytes(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1);
        TRAPS.add(new Trap(
                "7 a negative index in a packed list",
                rawProfile(delimited(2, join(delimited(2, minusOne), bytes(4 << 3, 1)))),
                "profiles 1: attribute index -1",
                List.of(),
                "{}"));
        byte[] short32 = bytes(0xff, 0xff, 0xff, 0xff, 0x0f);
        TRAPS.add(new Trap(
                "7 a negative index of five bytes in a packed list",
                rawProfile(delimited(2, join(delimited(2, short32), bytes(4 << 3, 1)))),
                "profiles 1: attribute index -1",
                List.of(),
                "{}"));
    }

    private static void samples() {
        acceptedBeside(
                "8 two values, one timestamp",
                request(profile(sample().addValues(8).addTimestampsUnixNano(1001)), profile(sample())),
                "2 values and 1 timestamps",
                "{}",
                7);
        acceptedBeside(
                "9 neither values nor timestamps",
                0,
                request(profile(Sample.newBuilder().setStackIndex(1), sample())),
                "1 samples have neither values nor timestamps",
                "{empty_sample=1}",
                7);
        accepted(
                "several values without timestamps",
                request(profile(sample().addValues(8))),
                "{several_values=1}",
                7,
                8);
        accepted(
                "samples of two shapes",
                request(profile(sample(), Sample.newBuilder().addTimestampsUnixNano(1000))),
                "{mixed_shapes=1}",
                7,
                1);
        accepted("38 negative values", request(profile(sample().setValues(0, -5))), "{}", -5);
        accepted(
                "38 values that overflow when summed",
                request(profile(sample().setValues(0, Long.MAX_VALUE), sample().setValues(0, Long.MAX_VALUE))),
                "{}",
                Long.MAX_VALUE,
                Long.MAX_VALUE);
        accepted(
                "38 a count that overflows when multiplied by the period",
                request(profile(sample().setValues(0, Long.MAX_VALUE / 2))
                        .setSampleType(type(SAMPLES, COUNT))
                        .setPeriodType(type(CPU, NANOSECONDS))
                        .setPeriod(10)),
                "{value_overflow=1}",
                Long.MAX_VALUE);
    }

    private static void attributes() {
        accepted(
                "10 a key twice in a sample",
                request(
                        dictionary().addAttributeTable(attribute(6, "other")),
                        profile(sample().addAttributeIndices(2).addAttributeIndices(3))),
                "{repeated_attribute_key=1}",
                7);
        accepted(
                "10 a key twice in a profile",
                request(profile(sample()).addAttributeIndices(2).addAttributeIndices(2)),
                "{repeated_attribute_key=1}",
                7);
        accepted(
                "13 a key as text and by index",
                resourceRequest(KeyValue.newBuilder().setKey("text").setKeyStrindex(1)),
                "{key_given_twice=1}",
                7);
        byte[] deep = new byte[0];
        for (int i = 0; i < 10_000; i++) {
            deep = delimited(5, delimited(1, deep));
        }
        byte[] nested = delimited(1, delimited(1, join(delimited(1, (byte) 'k'), delimited(2, deep))));
        byte[] good = request(profile(sample())).build().toByteArray();
        TRAPS.add(new Trap(
                "25 a value nested ten thousand times",
                join(delimited(1, join(nested, delimited(2, delimited(2, new byte[0])))), good),
                "request: nested deeper than 64",
                List.of(),
                ""));
        TRAPS.add(new Trap(
                "25 a value nested ten thousand times in the dictionary",
                join(good, delimited(2, delimited(6, delimited(2, deep)))),
                "request: nested deeper than 64",
                List.of(),
                ""));
        Resource.Builder many = Resource.newBuilder();
        for (int i = 0; i < 1025; i++) {
            many.addAttributes(KeyValue.newBuilder().setKey("k" + i));
        }
        requestRejected(
                "more than 1024 attributes in a resource",
                ExportProfilesServiceRequest.newBuilder()
                        .setDictionary(dictionary())
                        .addResourceProfiles(resource(many, profile(sample()))),
                "more than 1024 attributes");
        byte[] malformed = bytes(0xc3, 0x28);
        TRAPS.add(new Trap(
                "26 malformed UTF-8", join(good, delimited(2, delimited(5, malformed))), "", List.of(7L), "{}"));
        accepted(
                "41 NaN and negative zero",
                resourceRequest(KeyValue.newBuilder()
                        .setKey("nan")
                        .setValue(AnyValue.newBuilder().setDoubleValue(Double.NaN))),
                "{}",
                7);
        accepted(
                "42 an attribute without a value",
                resourceRequest(KeyValue.newBuilder().setKey("k")),
                "{}",
                7);
        accepted(
                "43 a thread name with NUL",
                request(
                        dictionary().setAttributeTable(2, attribute(6, "a\0b")),
                        profile(sample().addAttributeIndices(2))),
                "{}",
                7);
    }

    private static void times() {
        Sample.Builder at = Sample.newBuilder().setStackIndex(1);
        accepted(
                "16 begin and duration overflow",
                request(profile(at.clone().addTimestampsUnixNano(-5).addTimestampsUnixNano(3))
                        .setTimeUnixNano(-10)
                        .setDurationNano(100)),
                "{timestamp_outside_interval=1, interval_overflow=1}",
                1,
                1);
        accepted(
                "17 timestamps around the interval",
                request(profile(at.clone()
                        .addTimestampsUnixNano(999)
                        .addTimestampsUnixNano(1000)
                        .addTimestampsUnixNano(1999)
                        .addTimestampsUnixNano(2000))),
                "{timestamp_outside_interval=2}",
                1,
                1,
                1,
                1);
        accepted(
                "18 no duration, but a timestamp",
                request(profile(at.clone().addTimestampsUnixNano(1000)).clearDurationNano()),
                "{timestamp_outside_interval=1}",
                1);
        accepted("40 time 0", request(profile(sample()).clearTimeUnixNano()), "{}", 7);
        accepted("40 far in the future", request(profile(sample()).setTimeUnixNano(-1)), "{}", 7);
    }

    private static void ids() {
        for (int length : new int[] {15, 17, 32}) {
            acceptedBeside(
                    "19 a profile id of " + length + " bytes",
                    request(
                            profile(sample()).setProfileId(ByteString.copyFrom(new byte[length])),
                            profile(sample().setValues(0, 9))),
                    "resource_profiles[0].scope_profiles[0].profiles[0] is rejected: its profile_id has " + length,
                    "{}",
                    9);
        }
        accepted(
                "19 a profile id of zeros",
                request(profile(sample()).setProfileId(ByteString.copyFrom(new byte[16]))),
                "{zero_profile_id=1}",
                7);
        ByteString id = ByteString.copyFromUtf8("0123456789abcdef");
        accepted(
                "19 a profile id twice",
                request(profile(sample()).setProfileId(id), profile(sample()).setProfileId(id)),
                "{}",
                7,
                7);
        for (int length : new int[] {15, 17}) {
            acceptedBeside(
                    "20 a trace id of " + length + " bytes",
                    request(
                            dictionary().addLinkTable(link(length, 8)),
                            profile(sample().setLinkIndex(2)),
                            profile(sample().setLinkIndex(1).setValues(0, 9))),
                    "link 2 has an id of a wrong length",
                    "{incomplete_link=1}",
                    9);
        }
        acceptedBeside(
                "20 a span id of 7 bytes",
                request(dictionary().addLinkTable(link(16, 7)), profile(sample().setLinkIndex(2)), profile(sample())),
                "link 2 has an id of a wrong length",
                "{incomplete_link=1}",
                7);
        accepted(
                "20 a link of a wrong length that nothing refers to",
                with(d -> d.addLinkTable(link(15, 8))),
                "{incomplete_link=1}",
                7);
        accepted(
                "20 a link without ids",
                request(dictionary().addLinkTable(link(0, 0)), profile(sample().setLinkIndex(2))),
                "{}",
                7);
        accepted(
                "20 a span without a trace",
                request(dictionary().addLinkTable(link(0, 8)), profile(sample().setLinkIndex(2))),
                "{incomplete_link=1}",
                7);
    }

    private static void large() {
        Stack.Builder giant = Stack.newBuilder();
        for (int i = 0; i < 1_000_000; i++) {
            giant.addLocationIndices(1);
        }
        accepted("21 a stack of a million locations", with(d -> d.setStackTable(1, giant)), "{}", 7);
        Profile.Builder many = profile();
        Sample one = sample().build();
        for (int i = 0; i < 1_000_000; i++) {
            many.addSamples(one);
        }
        accepted(
                "22 a giant stack in a million samples",
                request(dictionary().setStackTable(1, giant), many),
                "{}",
                7,
                7,
                7,
                7,
                1_000_000);
        ProfilesDictionary.Builder strings = dictionary();
        for (int i = 0; i < 1_000_000; i++) {
            strings.addStringTable("s" + i);
        }
        accepted("23 a million strings that nothing refers to", request(strings, profile(sample())), "{}", 7);
        accepted(
                "24 an original payload of 20 MB",
                request(profile(sample())
                        .setOriginalPayloadFormat("jfr")
                        .setOriginalPayload(ByteString.copyFrom(new byte[20_000_000]))),
                "{}",
                7);
        rejected(
                "an original payload without its format",
                request(profile(sample()).setOriginalPayload(ByteString.copyFromUtf8("x"))),
                "go together");
    }

    private static void wire() {
        UnknownFieldSet unknown = UnknownFieldSet.newBuilder()
                .addField(
                        900,
                        UnknownFieldSet.Field.newBuilder()
                                .addVarint(1)
                                .addFixed32(2)
                                .addFixed64(3)
                                .addLengthDelimited(ByteString.copyFromUtf8("x"))
                                .build())
                .build();
        accepted(
                "31 unknown fields",
                request(profile(sample().setUnknownFields(unknown)).setUnknownFields(unknown)),
                "{}",
                7);
        byte[] type = delimited(1, bytes(1 << 3, CPU, 2 << 3, NANOSECONDS));
        raw("32 values one by one", "{several_values=1}", join(type, delimited(2, bytes(4 << 3, 7, 4 << 3, 8))), 7, 8);
        raw(
                "32 a type in two pieces",
                "{}",
                join(
                        delimited(1, bytes(1 << 3, CPU)),
                        delimited(1, bytes(2 << 3, NANOSECONDS)),
                        delimited(2, bytes(4 << 3, 7))),
                7);
        byte[] group = bytes(0x93, 3, 1 << 3, 1, 0x94, 3);
        raw("33 an unknown group", "{}", join(type, group, delimited(2, bytes(4 << 3, 7))), 7);
        TRAPS.add(new Trap(
                "33 a group that does not end",
                rawProfile(join(type, bytes(3, 3, 3))),
                "request: malformed",
                List.of(),
                ""));
        raw(
                "34 a number in ten bytes that would do with one",
                "{}",
                join(type, delimited(2, bytes(4 << 3, 0x87, 128, 128, 128, 128, 128, 128, 128, 128, 0))),
                7);
        TRAPS.add(new Trap(
                "34 a number in eleven bytes",
                rawProfile(delimited(2, bytes(4 << 3, 0x87, 128, 128, 128, 128, 128, 128, 128, 128, 128, 0))),
                "request: a number longer than 10 bytes",
                List.of(),
                ""));
        byte[] whole = request(profile(sample())).build().toByteArray();
        TRAPS.add(new Trap(
                "35 the last byte is missing",
                Arrays.copyOf(whole, whole.length - 1),
                "request: malformed at byte",
                List.of(),
                ""));
    }

    private static void types() {
        accepted("36 no sample type", request(profile(sample()).clearSampleType()), "{missing_sample_type=1}", 7);
        var counted = profile(sample()).setSampleType(type(SAMPLES, COUNT)).setPeriodType(type(CPU, NANOSECONDS));
        accepted("37 period 0: a count stays a count", request(counted.clone().setPeriod(0)), "{}", 7);
        accepted("37 a negative period", request(counted.clone().setPeriod(-10)), "{negative_period=1}", 7);
        accepted("a count with a period is CPU time", request(counted.clone().setPeriod(10)), "{}", 70);
        accepted(
                "39 two units of one stack",
                request(profile(sample()), profile(sample()).setSampleType(type(CPU, COUNT))),
                "{}",
                7,
                7);
    }

    private static ExportProfilesServiceRequest.Builder with(Consumer<ProfilesDictionary.Builder> change) {
        ProfilesDictionary.Builder dictionary = dictionary();
        change.accept(dictionary);
        return request(dictionary, profile(sample()));
    }

    private static ExportProfilesServiceRequest.Builder resourceRequest(KeyValue.Builder attribute) {
        return ExportProfilesServiceRequest.newBuilder()
                .setDictionary(dictionary())
                .addResourceProfiles(
                        resource(resourceOf("first", text("x")).addAttributes(attribute), profile(sample())));
    }

    private static void accepted(String name, MessageLite.Builder request, String warnings, long... values) {
        TRAPS.add(new Trap(name, request.build().toByteArray(), "", list(values), warnings));
    }

    private static void raw(String name, String warnings, byte[] profile, long... values) {
        TRAPS.add(new Trap(name, rawProfile(profile), "", list(values), warnings));
    }

    private static void acceptedBeside(
            String name, MessageLite.Builder request, String message, String warnings, long... values) {
        acceptedBeside(name, 1, request, message, warnings, values);
    }

    private static void acceptedBeside(
            String name, int rejected, MessageLite.Builder request, String message, String warnings, long... values) {
        TRAPS.add(new Trap(
                name, request.build().toByteArray(), "profiles " + rejected + ": " + message, list(values), warnings));
    }

    /** The only profile is; what the dictionary alone is warned for is none of the trap's. */
    private static void rejected(String name, MessageLite.Builder request, String message) {
        acceptedBeside(name, request, message, "{}");
    }

    private static void requestRejected(String name, MessageLite.Builder request, String message) {
        TRAPS.add(new Trap(name, request.build().toByteArray(), "request: " + message, List.of(), ""));
    }

    private static List<Long> list(long... values) {
        List<Long> list = new ArrayList<>();
        for (long value : values) {
            list.add(value);
        }
        return list;
    }
}
