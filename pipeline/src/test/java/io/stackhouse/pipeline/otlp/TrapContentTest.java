package io.stackhouse.pipeline.otlp;

import static io.stackhouse.pipeline.otlp.TrapMessages.CPU;
import static io.stackhouse.pipeline.otlp.TrapMessages.attribute;
import static io.stackhouse.pipeline.otlp.TrapMessages.bytes;
import static io.stackhouse.pipeline.otlp.TrapMessages.dictionary;
import static io.stackhouse.pipeline.otlp.TrapMessages.profile;
import static io.stackhouse.pipeline.otlp.TrapMessages.request;
import static io.stackhouse.pipeline.otlp.TrapMessages.resource;
import static io.stackhouse.pipeline.otlp.TrapMessages.resourceOf;
import static io.stackhouse.pipeline.otlp.TrapMessages.sample;
import static io.stackhouse.pipeline.otlp.TrapMessages.text;
import static io.stackhouse.pipeline.otlp.TrapMessages.type;
import static io.stackhouse.pipeline.testing.WireBytes.delimited;
import static io.stackhouse.pipeline.testing.WireBytes.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.profiles.v1development.Location;
import io.opentelemetry.proto.profiles.v1development.Mapping;
import io.opentelemetry.proto.profiles.v1development.Profile;
import io.opentelemetry.proto.profiles.v1development.ProfilesDictionary;
import io.opentelemetry.proto.profiles.v1development.Stack;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.ProfileHeader.ValueType;
import io.stackhouse.pipeline.identity.ResourceHash;
import io.stackhouse.pipeline.identity.StackHasher;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.testing.ProfileText;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What batches of trap messages hold; the answers to them: TrapsTest. Names end with the trap's number. */
class TrapContentTest {
    @Test
    void stacksOfEqualRowsHaveOneHash11() {
        ProfilesDictionary.Builder dictionary = dictionary()
                .addStringTable("main")
                .addFunctionTable(dictionary().getFunctionTable(1).toBuilder().setNameStrindex(9))
                .addLocationTable(Location.newBuilder()
                        .setMappingIndex(1)
                        .setAddress(0x1234)
                        .addLines(dictionary().getLocationTable(1).getLines(0).toBuilder()
                                .setFunctionIndex(2)))
                .addStackTable(Stack.newBuilder().addLocationIndices(2));
        ProfileBatch batch = decode(request(dictionary, profile(sample(), sample().setStackIndex(2))));

        StackHasher hasher = new StackHasher(batch.dictionary());

        assertThat(hasher.hash(1)).isNotZero().isEqualTo(hasher.hash(2));
    }

    @Test
    void takesTheTextWhenAKeyIsGivenTwice13() {
        Resource.Builder resource = Resource.newBuilder()
                .addAttributes(
                        KeyValue.newBuilder().setKey("text").setKeyStrindex(1).setValue(text("v")));

        assertThat(attributes(resource)).hasToString("{\"text\":\"v\"}");
    }

    @Test
    void readsIndicesInTracesAsEmpty14() {
        KeyValue.Builder indexed =
                KeyValue.newBuilder().setKey("k").setValue(AnyValue.newBuilder().setStringValueStrindex(1));
        Span.Builder span = Span.newBuilder()
                .setTraceId(ByteString.copyFromUtf8("1".repeat(16)))
                .setSpanId(ByteString.copyFromUtf8("1".repeat(8)));
        byte[] body = ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .setResource(Resource.newBuilder().addAttributes(indexed))
                        .addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
                .build()
                .toByteArray();

        var groups =
                TracesDecoder.decode(body, 0, MemoryLease.counting()).batch().groups();

        assertThat(groups.get(0).resource().attributes().get("k")).isEqualTo(AttributeValue.empty());
    }

    @Test
    void takesAnIdOfZerosAsNone19() {
        ProfileBatch batch = decode(request(profile(sample()).setProfileId(ByteString.copyFrom(new byte[16]))));

        assertThat(batch.profile(0).profileId()).isEmpty();
    }

    @Test
    void keepsTheOriginalPayload24() {
        byte[] payload = new byte[20_000_000];
        Arrays.fill(payload, (byte) 5);
        ProfileBatch batch = decode(
                request(profile().setOriginalPayloadFormat("jfr").setOriginalPayload(ByteString.copyFrom(payload))));

        assertThat(batch.profile(0).payload().format()).isEqualTo("jfr");
        assertThat(batch.profile(0).payload().bytes()).isEqualTo(payload);
    }

    @Test
    void replacesMalformedUtf826() {
        byte[] good = request(profile(sample())).build().toByteArray();
        byte[] body = join(good, delimited(2, delimited(5, bytes('a', 0xc3, 'b'))));

        ProfileBatch batch = decode(body);

        assertThat(batch.dictionary().string(batch.dictionary().stringCount() - 1))
                .isEqualTo("a\ufffdb");
    }

    @Test
    void keepsNegativeLines27() {
        ProfilesDictionary.Builder dictionary = dictionary();
        dictionary.getLocationTableBuilder(1).getLinesBuilder(0).setLine(-3);

        ProfileBatch batch = decode(request(dictionary, profile(sample())));

        assertThat(batch.dictionary().lineNumber(batch.dictionary().lineStart(1)))
                .isEqualTo(-3);
    }

    @Test
    void resourcesThatShareAStackAreTwoResources28() {
        ProfileBatch batch = decode(ExportProfilesServiceRequest.newBuilder()
                .setDictionary(dictionary())
                .addResourceProfiles(resource(resourceOf("service.name", text("a")), profile(sample())))
                .addResourceProfiles(resource(resourceOf("service.name", text("b")), profile(sample()))));

        assertThat(batch.sampleStack(0)).isEqualTo(batch.sampleStack(1));
        assertThat(resourceHash(batch, 0)).isNotEqualTo(resourceHash(batch, 1));
    }

    @Test
    void equalStacksOfTwoDictionariesHaveOneHash29() {
        ProfilesDictionary.Builder shifted = ProfilesDictionary.newBuilder()
                .addStringTable("")
                .addStringTable("process.executable.build_id.gnu")
                .addAttributeTable(attribute(0, ""))
                .addAttributeTable(attribute(1, "abc"))
                .addMappingTable(Mapping.getDefaultInstance())
                .addMappingTable(Mapping.newBuilder().setMemoryStart(0x7000).addAttributeIndices(1))
                .addLocationTable(Location.getDefaultInstance())
                .addLocationTable(Location.getDefaultInstance())
                .addLocationTable(Location.newBuilder().setMappingIndex(1).setAddress(0x1234))
                .addStackTable(Stack.getDefaultInstance())
                .addStackTable(Stack.newBuilder().addLocationIndices(2));
        ProfileBatch one = decode(request(profile(sample())));
        ProfileBatch other = decode(request(shifted, profile(sample()).clearSampleType()));

        assertThat(new StackHasher(one.dictionary()).hash(1)).isEqualTo(new StackHasher(other.dictionary()).hash(1));
    }

    @Test
    void theSameMessageTwiceIsTheSameContent30() {
        byte[] body = request(profile(sample())).build().toByteArray();

        ProfileBatch first = decode(body);
        ProfileBatch second = decode(body.clone());

        assertThat(ProfileText.of(first)).isEqualTo(ProfileText.of(second));
        assertThat(resourceHash(first, 0)).isEqualTo(resourceHash(second, 0));
    }

    @Test
    void mergesPiecesAsProtobufDoes32() throws Exception {
        byte[] array = delimited(5, delimited(1, bytes(3 << 3, 1)));
        byte[] moreArray = delimited(5, delimited(1, bytes(3 << 3, 2)));
        byte[] map = delimited(6, delimited(1, delimited(1, (byte) 'a')));
        byte[] moreMap = delimited(6, delimited(1, delimited(1, (byte) 'b')));
        byte[] number = bytes(3 << 3, 9);
        byte[][] values = {
            join(delimited(2, array), delimited(2, moreArray)),
            delimited(2, join(array, moreArray)),
            join(delimited(2, array), delimited(2, number)),
            join(delimited(2, map), delimited(2, moreMap), delimited(2, new byte[0])),
            delimited(2, join(map, array)),
        };
        for (byte[] value : values) {
            byte[] inDictionary = delimited(2, delimited(6, join(bytes(1 << 3, 6), value)));
            byte[] keyValue = delimited(1, join(delimited(1, (byte) 'k'), value));
            byte[] profile = delimited(2, delimited(2, bytes(11 << 3, 3)));
            byte[] inTwoResources = join(delimited(1, keyValue), delimited(1, new byte[0]), delimited(1, keyValue));
            byte[] body = join(
                    ExportProfilesServiceRequest.newBuilder()
                            .setDictionary(dictionary())
                            .build()
                            .toByteArray(),
                    inDictionary,
                    delimited(1, join(inTwoResources, profile)));

            assertThat(ProfileText.of(decode(body)))
                    .isEqualTo(ProfileText.of(ExportProfilesServiceRequest.parseFrom(body)));
        }
    }

    /** As protobuf.dev has it, "Oneof": protobuf-java keeps a builder for each member, and would join both arrays. */
    @Test
    void aMemberOfAOneofClearsTheOthers32() {
        byte[] first = delimited(5, delimited(1, bytes(3 << 3, 1)));
        byte[] second = delimited(5, delimited(1, bytes(3 << 3, 2)));
        byte[] value = delimited(2, join(first, bytes(3 << 3, 9), second));
        byte[] keyValue = delimited(1, join(delimited(1, (byte) 'k'), value));

        ProfileBatch batch = decode(delimited(1, join(delimited(1, keyValue), delimited(2, delimited(2)))));

        assertThat(batch.resource(0).attributes()).hasToString("{\"k\":[2]}");
    }

    @Test
    void aMessageCutAnywhereIsRejectedOrShorter35() {
        byte[] whole = request(profile(sample())).build().toByteArray();
        int rejected = 0;
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            try {
                assertThat(decode(cut).rowCount()).isLessThanOrEqualTo(1);
            } catch (RejectedException e) {
                rejected++;
            }
        }
        // All but the beginnings that are messages of their own: none, the resource, the resource and the dictionary's
        // begin.
        assertThat(rejected).isGreaterThan(whole.length / 2);
    }

    @Test
    void keepsTwoUnitsOfOneStackApart39() {
        ProfileBatch batch = decode(request(profile(sample()), profile(sample()).setSampleType(type(CPU, 1))));

        assertThat(batch.profile(0).type()).isEqualTo(new ValueType("cpu", "nanoseconds"));
        assertThat(batch.profile(1).type()).isEqualTo(new ValueType("cpu", "main"));
    }

    @Test
    void keepsNanAndNegativeZero41() {
        Resource.Builder resource = resourceOf("zero", AnyValue.newBuilder().setDoubleValue(-0.0))
                .addAttributes(KeyValue.newBuilder()
                        .setKey("nan")
                        .setValue(AnyValue.newBuilder().setDoubleValue(Double.NaN)));

        assertThat(attributes(resource)).hasToString("{\"zero\":-0.0,\"nan\":\"NaN\"}");
    }

    @Test
    void tellsAnEmptyStringFromNoValue42() {
        ProfileBatch empty = decode(ofResource(resourceOf("k", text(""))));
        ProfileBatch none = decode(ofResource(resourceOf("k", AnyValue.newBuilder())));

        assertThat(resourceHash(empty, 0)).isNotEqualTo(resourceHash(none, 0));
    }

    @Test
    void keepsNulInNames43() {
        ProfileBatch batch = decode(request(
                dictionary().setAttributeTable(2, attribute(6, "a\0b")), profile(sample().addAttributeIndices(2))));

        assertThat(batch.dictionary().attributeValue(batch.sampleAttribute(0)).text())
                .isEqualTo("a\0b");
    }

    @Test
    void aProcessIdUsedAgainIsAnotherResource44() {
        Resource.Builder first = resourceOf("process.pid", AnyValue.newBuilder().setIntValue(12))
                .addAttributes(
                        KeyValue.newBuilder().setKey("process.creation.time").setValue(text("2026-01-01T00:00:00Z")));
        Resource.Builder second = first.clone();
        second.getAttributesBuilder(1).setValue(text("2026-01-02T00:00:00Z"));

        assertThat(resourceHash(decode(ofResource(first)), 0))
                .isNotEqualTo(resourceHash(decode(ofResource(second)), 0));
    }

    @Test
    void namesTheFirstRejectedProfilesAndCountsTheOthers() {
        var profiles = new Profile.Builder[9];
        Arrays.setAll(profiles, i -> profile(sample().setStackIndex(5)));

        var decoded = ProfilesDecoder.forVersion(1)
                .decode(request(profiles).build().toByteArray(), 0, MemoryLease.counting());

        assertThat(decoded.rejectedProfiles()).isEqualTo(9);
        assertThat(decoded.message()).contains("profiles[4]").endsWith("; and 4 profiles more");
        assertThat(decoded.message().length()).isLessThan(1500);
    }

    @Test
    void rejectsAGroupThatIsNestedTooDeeply33() {
        byte[] groups = new byte[200];
        Arrays.fill(groups, (byte) (9 << 3 | 3));

        assertThatThrownBy(() -> decode(groups))
                .isInstanceOf(RejectedException.class)
                .hasMessageContaining("groups");
    }

    private static Attributes attributes(Resource.Builder resource) {
        return decode(ofResource(resource)).resource(0).attributes();
    }

    private static ExportProfilesServiceRequest.Builder ofResource(Resource.Builder resource) {
        return ExportProfilesServiceRequest.newBuilder()
                .setDictionary(dictionary())
                .addResourceProfiles(resource(resource, profile(sample())));
    }

    private static long resourceHash(ProfileBatch batch, int profile) {
        var header = batch.profile(profile);
        return ResourceHash.of(batch.resource(header.resource()), header.scope());
    }

    private static ProfileBatch decode(ExportProfilesServiceRequest.Builder request) {
        return decode(request.build().toByteArray());
    }

    private static ProfileBatch decode(byte[] body) {
        return ProfilesDecoder.forVersion(1)
                .decode(body, 0, MemoryLease.counting())
                .batch();
    }
}
