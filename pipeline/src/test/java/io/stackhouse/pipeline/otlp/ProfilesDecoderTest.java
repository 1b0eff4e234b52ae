package io.stackhouse.pipeline.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.profiles.v1development.Profile;
import io.opentelemetry.proto.profiles.v1development.ProfilesDictionary;
import io.opentelemetry.proto.profiles.v1development.ResourceProfiles;
import io.opentelemetry.proto.profiles.v1development.Sample;
import io.opentelemetry.proto.profiles.v1development.ScopeProfiles;
import io.opentelemetry.proto.profiles.v1development.Stack;
import io.opentelemetry.proto.resource.v1.Resource;
import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.testing.Corpus;
import io.stackhouse.pipeline.testing.Cost;
import io.stackhouse.pipeline.testing.ProfileText;
import io.stackhouse.pipeline.testing.RandomProfiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ProfilesDecoderTest {
    private final ProfilesDecoder decoder = ProfilesDecoder.forVersion(1);

    @Test
    void readsRealPayloadsAsProtobufJavaDoes() throws IOException {
        for (Corpus.Payload payload : Corpus.profiles()) {
            var decoded = decoder.decode(payload.message(), 0, MemoryLease.counting());

            assertThat(decoded.rejectedProfiles())
                    .as("%s: %s", payload, decoded.message())
                    .isZero();
            assertThat(ProfileText.of(decoded.batch()))
                    .as(payload.name())
                    .isEqualTo(ProfileText.of(ExportProfilesServiceRequest.parseFrom(payload.message())));
        }
    }

    @Test
    void readsRandomRequestsAsProtobufJavaDoes() {
        for (long seed = 0; seed < Integer.getInteger("stackhouse.test.seeds", 2000); seed++) {
            ExportProfilesServiceRequest request = new RandomProfiles(seed).request();

            var decoded = decoder.decode(request.toByteArray(), 0, MemoryLease.counting());

            assertThat(decoded.rejectedProfiles()).as("seed %d", seed).isZero();
            assertThat(ProfileText.of(decoded.batch())).as("seed %d", seed).isEqualTo(ProfileText.of(request));
        }
    }

    @Test
    void readsOrRejectsWhateverProtobufJavaAcceptsAfterRandomDamage() {
        long seed = Long.getLong("stackhouse.test.seed", new Random().nextLong());
        Random random = new Random(seed);
        for (int round = 0; round < Integer.getInteger("stackhouse.test.rounds", 5_000); round++) {
            byte[] bytes = new RandomProfiles(random.nextInt(500)).request().toByteArray();
            byte[] damaged = damaged(bytes, random);

            String problem = readOrReject(damaged);

            assertThat(problem).as("seed %d, round %d", seed, round).isEmpty();
        }
    }

    /** Empty when the decoder behaved: it rejected, or read the same as protobuf-java where that could read it at all. */
    private String readOrReject(byte[] bytes) {
        ProfilesDecoder.Decoded decoded;
        try {
            decoded = decoder.decode(bytes, 0, MemoryLease.counting());
        } catch (RejectedException e) {
            return "";
        }
        var ours = ProfileText.of(decoded.batch());
        try {
            var reference = ExportProfilesServiceRequest.parseFrom(bytes);
            if (decoded.rejectedProfiles() == 0 && !ProfileText.of(reference).equals(ours)) {
                return "another content than protobuf-java: " + ours;
            }
        } catch (InvalidProtocolBufferException | IndexOutOfBoundsException e) {
            // Malformed UTF-8, or indices outside a table that no reader can follow: ours may be more forgiving.
        }
        return "";
    }

    private static byte[] damaged(byte[] bytes, Random random) {
        if (bytes.length == 0) {
            return bytes;
        }
        byte[] damaged = random.nextBoolean() ? bytes.clone() : Arrays.copyOf(bytes, random.nextInt(bytes.length));
        for (int i = random.nextInt(4); i > 0 && damaged.length > 0; i--) {
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
        }
        return damaged;
    }

    @Test
    void rejectsATruncatedMessageAtEachByteOrReadsLess() {
        byte[] whole = new RandomProfiles(7).request().toByteArray();
        for (int length = 0; length < whole.length; length++) {
            assertThat(readOrReject(Arrays.copyOf(whole, length)))
                    .as("cut at %d", length)
                    .isEmpty();
        }
    }

    @Test
    void rejectsGroupsThatAreNotClosedAsTheyWereOpened() {
        byte[][] bodies = {{0x24}, {0x0b, 0x0b, 0x24, 0x0c}, {0x0b, 0x24}, {0x0b}};
        for (byte[] body : bodies) {
            assertThatThrownBy(() -> decoder.decode(body, 0, MemoryLease.counting()))
                    .as(Arrays.toString(body))
                    .isInstanceOf(RejectedException.class);
        }
        assertThat(decoder.decode(new byte[] {0x0b, 0x1b, 0x08, 1, 0x1c, 0x0c}, 0, MemoryLease.counting())
                        .message())
                .isEmpty();
    }

    @Test
    void aDictionaryInManyPiecesCostsNoMoreThanInOne() {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int i = 0; i < 20_000; i++) {
            byte[] text = Integer.toString(i * 7 % 10_000).getBytes(StandardCharsets.US_ASCII);
            body.writeBytes(new byte[] {0x12, (byte) (2 + text.length), 0x2a, (byte) text.length});
            body.writeBytes(text);
        }
        long allowedBytes = 48L * body.size() + (3 << 20);

        Cost.check("decoding", allowedBytes, () -> decoder.decode(body.toByteArray(), 0, MemoryLease.counting()));
    }

    @Test
    void rejectsOnlyTheProfileWhoseIndexLeadsOutside() {
        for (int badStack : new int[] {-1, 1, 2, Integer.MAX_VALUE}) {
            byte[] body = request(
                            sample(0).addValues(3).build(),
                            sample(badStack).addValues(4).build())
                    .toByteArray();

            var decoded = decoder.decode(body, 0, MemoryLease.counting());

            assertThat(decoded.rejectedProfiles()).isEqualTo(1);
            assertThat(decoded.message()).contains("profiles[1]").contains("stack index " + badStack);
            assertThat(decoded.batch().rowCount()).isEqualTo(1);
            assertThat(decoded.batch().rowValue(0)).isEqualTo(3);
        }
    }

    @Test
    void keepsTheRightRowsWhenAProfileInTheMiddleIsRejected() {
        byte[] body = request(
                        sample(0).addValues(1).addAttributeIndices(0).build(),
                        sample(0)
                                .addValues(2)
                                .addTimestampsUnixNano(1)
                                .addTimestampsUnixNano(2)
                                .build(),
                        sample(0)
                                .addValues(5)
                                .addAttributeIndices(0)
                                .addAttributeIndices(0)
                                .build())
                .toByteArray();

        var decoded = decoder.decode(body, 0, MemoryLease.counting());

        assertThat(decoded.rejectedProfiles()).isEqualTo(1);
        assertThat(decoded.message()).contains("1 values and 2 timestamps");
        assertThat(decoded.batch().profileCount()).isEqualTo(2);
        assertThat(decoded.batch().rowCount()).isEqualTo(2);
        int last = decoded.batch().rowSample(1);
        assertThat(decoded.batch().sampleProfile(last)).isEqualTo(1);
        assertThat(decoded.batch().rowValue(1)).isEqualTo(5);
        assertThat(decoded.batch().sampleAttributeEnd(last) - decoded.batch().sampleAttributeStart(last))
                .isEqualTo(2);
    }

    @Test
    void rejectsAProfileIdOfAnotherLengthThan16() {
        byte[] body = ExportProfilesServiceRequest.newBuilder()
                .addResourceProfiles(ResourceProfiles.newBuilder()
                        .addScopeProfiles(ScopeProfiles.newBuilder()
                                .addProfiles(Profile.newBuilder().setProfileId(ByteString.copyFrom(new byte[15])))))
                .build()
                .toByteArray();

        var decoded = decoder.decode(body, 0, MemoryLease.counting());

        assertThat(decoded.rejectedProfiles()).isEqualTo(1);
        assertThat(decoded.message()).contains("profile_id has 15 bytes");
    }

    @Test
    void keepsAProfileThatHasOnlyAnOriginalPayload() {
        byte[] body = ExportProfilesServiceRequest.newBuilder()
                .addResourceProfiles(ResourceProfiles.newBuilder()
                        .addScopeProfiles(ScopeProfiles.newBuilder()
                                .addProfiles(Profile.newBuilder()
                                        .setOriginalPayloadFormat("jfr")
                                        .setOriginalPayload(ByteString.copyFromUtf8("FLR")))))
                .build()
                .toByteArray();

        var batch = decoder.decode(body, 0, MemoryLease.counting()).batch();

        assertThat(batch.profileCount()).isEqualTo(1);
        assertThat(batch.profile(0).payload().format()).isEqualTo("jfr");
        assertThat(batch.profile(0).payload().bytes()).containsExactly('F', 'L', 'R');
    }

    @Test
    void rejectsARequestWithADeeplyNestedAttribute() {
        AnyValue value = AnyValue.newBuilder().setIntValue(1).build();
        for (int i = 0; i < 90; i++) {
            value = AnyValue.newBuilder()
                    .setArrayValue(ArrayValue.newBuilder().addValues(value))
                    .build();
        }
        byte[] body = ExportProfilesServiceRequest.newBuilder()
                .addResourceProfiles(ResourceProfiles.newBuilder()
                        .setResource(Resource.newBuilder()
                                .addAttributes(
                                        KeyValue.newBuilder().setKey("deep").setValue(value)))
                        .addScopeProfiles(ScopeProfiles.newBuilder().addProfiles(Profile.getDefaultInstance())))
                .build()
                .toByteArray();

        assertThatThrownBy(() -> decoder.decode(body, 0, MemoryLease.counting()))
                .isInstanceOf(RejectedException.class)
                .hasMessageContaining("nested deeper than 64");
    }

    @Test
    void refusesAVersionThatItDoesNotSpeak() {
        assertThatThrownBy(() -> ProfilesDecoder.forVersion(2))
                .isInstanceOf(RejectedException.class)
                .hasMessageContaining("version 2")
                .hasMessageContaining("supported is 1");
    }

    private static Sample.Builder sample(int stack) {
        return Sample.newBuilder().setStackIndex(stack);
    }

    /** Each sample in a profile of its own; stack 1 is left out of the dictionary. */
    private static ExportProfilesServiceRequest request(Sample... samples) {
        ScopeProfiles.Builder scope = ScopeProfiles.newBuilder();
        for (Sample sample : samples) {
            scope.addProfiles(Profile.newBuilder().addSamples(sample));
        }
        return ExportProfilesServiceRequest.newBuilder()
                .addResourceProfiles(ResourceProfiles.newBuilder().addScopeProfiles(scope))
                .setDictionary(
                        ProfilesDictionary.newBuilder().addStringTable("").addStackTable(Stack.getDefaultInstance()))
                .build();
    }
}
