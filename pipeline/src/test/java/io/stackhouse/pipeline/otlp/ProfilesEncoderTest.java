package io.stackhouse.pipeline.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.testing.ProfileText;
import org.junit.jupiter.api.Test;

class ProfilesEncoderTest {
    private static final ProfileHeading CPU =
            new ProfileHeading("cpu", "nanoseconds", "cpu", "nanoseconds", 10_101_010, 1_000, 10_000, new byte[16]);

    @Test
    void writesWhatProtobufJavaReads() throws Exception {
        ProfilesEncoder encoder = new ProfilesEncoder();
        byte[] bytes = twoResources(encoder);

        ExportProfilesServiceRequest request = ExportProfilesServiceRequest.parseFrom(bytes);

        assertThat(request.getResourceProfilesCount()).isEqualTo(2);
        var dictionary = request.getDictionary();
        assertThat(dictionary.getStringTable(0)).isEmpty();
        assertThat(dictionary.getStackTableCount()).isEqualTo(2);
        assertThat(dictionary.getLocationTable(1).getLines(0).getLine()).isEqualTo(42);
        var profile = request.getResourceProfiles(0).getScopeProfiles(0).getProfiles(0);
        assertThat(profile.getSamples(0).getValues(0)).isEqualTo(-7);
        assertThat(profile.getSamples(1).getTimestampsUnixNano(0)).isEqualTo(1_234);
        assertThat(profile.getPeriod()).isEqualTo(10_101_010);
        assertThat(dictionary.getStringTable(profile.getSampleType().getTypeStrindex()))
                .isEqualTo("cpu");
    }

    @Test
    void writesWhatOurDecoderReads() throws Exception {
        byte[] bytes = twoResources(new ProfilesEncoder());

        var decoded = ProfilesDecoder.forVersion(1).decode(bytes, 0, MemoryLease.counting());

        assertThat(decoded.message()).isEmpty();
        assertThat(ProfileText.of(decoded.batch()))
                .isEqualTo(ProfileText.of(ExportProfilesServiceRequest.parseFrom(bytes)));
    }

    @Test
    void beginsAfreshAfterClear() {
        ProfilesEncoder encoder = new ProfilesEncoder();
        byte[] first = twoResources(encoder);
        encoder.clear();

        assertThat(twoResources(encoder)).isEqualTo(first);
    }

    @Test
    void internsManyRows() throws Exception {
        ProfilesEncoder encoder = new ProfilesEncoder();
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 5_000; i++) {
                assertThat(encoder.string("name" + i)).isEqualTo(i + 1);
            }
        }
        assertThat(encoder.string("")).isZero();
    }

    @Test
    void refusesASampleOutsideAProfile() {
        ProfilesEncoder encoder = new ProfilesEncoder();

        assertThatThrownBy(() -> encoder.sample(0, new int[0], 0, 0, 1)).isInstanceOf(IllegalStateException.class);
    }

    private static byte[] twoResources(ProfilesEncoder encoder) {
        int function = encoder.function(encoder.string("main"), encoder.string("main"), encoder.string("main.c"), 40);
        int buildId = encoder.attribute("process.executable.build_id.gnu", "abc");
        int mapping = encoder.mapping(0x1000, 0x2000, 0x400, encoder.string("/bin/x"), buildId);
        int location =
                encoder.location(mapping, 0x1234, function, 42, encoder.attribute("profile.frame.type", "native"));
        int bare = encoder.location(mapping, 0x1235, 0, 0);
        int stack = encoder.stack(new int[] {location, bare, 99}, 2);
        int thread = encoder.attribute("thread.id", 17);
        encoder.beginResource();
        encoder.resourceAttribute("service.name", "a");
        encoder.resourceAttribute("process.pid", 12);
        encoder.resourceAttribute("flag", true);
        encoder.beginScope("scope", "1");
        encoder.beginProfile(CPU);
        encoder.sample(stack, new int[] {thread}, 1, 0, -7);
        encoder.sampleAt(new ProfilesEncoder.Observed(stack, 0, 5, 1_234), new int[] {thread}, 1);
        encoder.beginResource();
        encoder.resourceAttribute("service.name", "b");
        encoder.beginScope("scope", "1");
        encoder.beginProfile(CPU);
        return encoder.toByteArray();
    }
}
