package io.stackhouse.pipeline.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.batch.SpanBatch.SpanGroup;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.testing.Corpus;
import io.stackhouse.pipeline.testing.ProfileText;
import io.stackhouse.pipeline.testing.RandomProfiles;
import io.stackhouse.pipeline.testing.RandomTraces;
import io.stackhouse.pipeline.testing.Traces;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OtlpEncoderTest {
    private static final ProfileHeading COUNTED =
            new ProfileHeading("samples", "count", "cpu", "nanoseconds", 1_000, 5, 10, new byte[0]);

    private static ProfileBatch profiles(byte[] body) {
        return ProfilesDecoder.forVersion(1)
                .decode(body, 7, MemoryLease.counting())
                .batch();
    }

    private static void assertComesBackWhole(String what, byte[] body) {
        ProfileBatch batch = profiles(body);
        byte[] encoded = OtlpEncoder.encode(batch);
        var decoded = ProfilesDecoder.forVersion(1).decode(encoded, 7, MemoryLease.counting());
        assertThat(decoded.rejectedProfiles()).as(what).isZero();
        assertThat(ProfileText.of(decoded.batch())).as(what).isEqualTo(ProfileText.of(batch));
    }

    @Test
    void randomProfilesComeBackRowForRow() {
        long seeds = new Random().nextLong() >>> 1;
        for (long seed = seeds; seed < seeds + 500; seed++) {
            assertComesBackWhole(
                    "seed " + seed, new RandomProfiles(seed).request().toByteArray());
        }
    }

    @Test
    void countsThatWereCutComeBackCut() {
        assertComesBackWhole("largest", counted(Long.MAX_VALUE / 7, 3));
        assertComesBackWhole("smallest", counted(Long.MIN_VALUE, -3));
    }

    @Test
    void realProfilesComeBackRowForRow() throws Exception {
        for (Corpus.Payload payload : Corpus.profiles()) {
            assertComesBackWhole(payload.name(), payload.message());
        }
    }

    @Test
    void protobufJavaReadsTheSame() throws InvalidProtocolBufferException {
        for (long seed = 1; seed <= 100; seed++) {
            ProfileBatch batch = profiles(new RandomProfiles(seed).request().toByteArray());
            byte[] encoded = OtlpEncoder.encode(batch);
            assertThat(ProfileText.of(ExportProfilesServiceRequest.parseFrom(encoded)))
                    .as("seed " + seed)
                    .isEqualTo(ProfileText.of(batch));
        }
    }

    @Test
    void spansComeBackWithTheirResourcesAndScopes() throws InvalidProtocolBufferException {
        long seeds = new Random().nextLong() >>> 1;
        for (long seed = seeds; seed < seeds + 200; seed++) {
            assertComesBackWhole("seed " + seed, new RandomTraces(seed).request());
        }
        assertComesBackWhole("realistic", Traces.realistic(100));
    }

    private static void assertComesBackWhole(String what, ExportTraceServiceRequest request) {
        SpanBatch batch = TracesDecoder.decode(request.toByteArray(), 7, MemoryLease.counting())
                .batch();
        var decoded = TracesDecoder.decode(OtlpEncoder.encode(batch), 7, MemoryLease.counting());
        assertThat(decoded.rejectedSpans()).as(what).isZero();
        assertThat(text(decoded.batch())).as(what).isEqualTo(text(batch));
    }

    private static List<Object> text(SpanBatch batch) {
        List<Object> out = new ArrayList<>();
        for (SpanGroup group : batch.groups()) {
            out.add(group.resource().attributes());
            out.add(group.resource().schemaUrl());
            out.add(group.scope());
            out.addAll(group.spans());
        }
        return out;
    }

    private static byte[] counted(long... values) {
        ProfilesEncoder encoder = new ProfilesEncoder();
        encoder.beginResource();
        encoder.beginScope("s", "1");
        encoder.beginProfile(COUNTED);
        for (long value : values) {
            encoder.sample(0, new int[0], 0, 0, value);
        }
        return encoder.toByteArray();
    }

    @Test
    void countedTimeIsCountedAgain() throws InvalidProtocolBufferException {
        byte[] encoded = OtlpEncoder.encode(profiles(counted(3, 4)));
        var request = ExportProfilesServiceRequest.parseFrom(encoded);
        var profile = request.getResourceProfiles(0).getScopeProfiles(0).getProfiles(0);
        assertThat(request.getDictionary()
                        .getStringTable(profile.getSampleType().getUnitStrindex()))
                .isEqualTo("count");
        assertThat(profile.getSamples(1).getValues(0)).isEqualTo(4);
    }

    @Test
    void thresholdsTravelAndSampledCountsStayTime() throws InvalidProtocolBufferException {
        ProfileBatch batch = profiles(counted(3, 4, 5));
        batch.sampleRows((unused, row) -> row == 1 ? -1 : row * 700L);
        byte[] encoded = OtlpEncoder.encode(batch);
        var dictionary = ExportProfilesServiceRequest.parseFrom(encoded).getDictionary();
        assertThat(dictionary.getStringTableList()).contains("stackhouse.sampling.threshold", "nanoseconds");

        ProfileBatch again = profiles(encoded);
        assertThat(again.profile(0).type()).isEqualTo(batch.profile(0).type());
        assertThat(List.of(again.rowValue(0), again.rowValue(1))).containsExactly(3_000L, 5_000L);
        assertThat(List.of(again.rowThreshold(0), again.rowThreshold(1))).containsExactly(0L, 1_400L);

        again.sampleRows((unused, row) -> 9_000);
        ProfileBatch third = profiles(OtlpEncoder.encode(again));
        assertThat(third.rowThreshold(0)).isEqualTo(9_000);
        assertThat(third.sampleAttributeEnd(1) - third.sampleAttributeStart(1)).isEqualTo(1);
    }

    @Test
    void aThresholdOfCountsIsMultipliedAsTheyAre() {
        ProfilesEncoder encoder = new ProfilesEncoder();
        int threshold = encoder.attribute("stackhouse.sampling.threshold", 6);
        encoder.beginResource();
        encoder.beginScope("s", "1");
        encoder.beginProfile(COUNTED);
        encoder.sample(0, new int[] {threshold}, 1, 0, 2);

        ProfileBatch batch = profiles(encoder.toByteArray());

        assertThat(batch.rowValue(0)).isEqualTo(2_000);
        assertThat(batch.rowThreshold(0)).isEqualTo(6_000);
    }

    @Test
    void readsTheAnswer() {
        assertThat(ExportResponses.read(ExportResponses.success()).isWhole()).isTrue();
        assertThat(ExportResponses.read(ExportResponses.partialSuccess(3, "mend it")))
                .isEqualTo(new ExportResponses.PartialSuccess(3, "mend it"));
        assertThat(ExportResponses.read(new byte[] {1, 2, 3}).message()).contains("no export response");
    }
}
