package io.stackhouse.cli.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.profiles.v1development.Profile;
import io.opentelemetry.proto.profiles.v1development.ProfilesDictionary;
import io.opentelemetry.proto.profiles.v1development.ResourceProfiles;
import io.opentelemetry.proto.profiles.v1development.Sample;
import io.opentelemetry.proto.profiles.v1development.ScopeProfiles;
import io.opentelemetry.proto.profiles.v1development.Stack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReplayFilesTest {

    private static final long BEGIN = 1_790_000_000_000_000_000L;

    @TempDir
    private Path folder;

    @Test
    void changesNothingButTimesAndProfileIds() throws Exception {
        ExportProfilesServiceRequest foreign = foreign();

        ExportProfilesServiceRequest sent = send(foreign, 77);

        Profile.Builder profile = sent.getResourceProfiles(0).getScopeProfiles(0).getProfiles(0).toBuilder();
        assertThat(profile.getTimeUnixNano()).isEqualTo(BEGIN);
        assertThat(profile.getSamples(0).getTimestampsUnixNanoList()).containsExactly(BEGIN + 5, BEGIN + 900);
        assertThat(ProfileIds.sequence(java.util.HexFormat.of()
                        .formatHex(profile.getProfileId().toByteArray())))
                .isEqualTo(77);
        profile.setTimeUnixNano(1_000).setProfileId(ByteString.copyFromUtf8("theirs"));
        profile.getSamplesBuilder(0)
                .clearTimestampsUnixNano()
                .addTimestampsUnixNano(1_005)
                .addTimestampsUnixNano(1_900);
        ExportProfilesServiceRequest.Builder back = sent.toBuilder();
        back.getResourceProfilesBuilder(0).getScopeProfilesBuilder(0).setProfiles(0, profile);
        assertThat(back.build()).isEqualTo(foreign);
    }

    @Test
    void countsRowsAsACollectorDoes() throws Exception {
        Path file = Files.write(folder.resolve("foreign.otlp"), foreign().toByteArray());

        RequestTemplate.Content content = ReplayFiles.read(List.of(file)).content(0);

        assertThat(content.samples()).isEqualTo(2 + 3);
        assertThat(content.profiles()).isEqualTo(1);
        assertThat(content.valueSum()).isEqualTo(6);
    }

    @Test
    void namesTheFileThatIsNoProfile() throws Exception {
        Path text = Files.writeString(folder.resolve("note.txt"), "this is not a profile");
        Path empty = Files.createFile(folder.resolve("empty.otlp"));

        assertThatThrownBy(() -> ReplayFiles.read(List.of(text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("note.txt");
        assertThatThrownBy(() -> ReplayFiles.read(List.of(empty)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("empty.otlp", "no samples");
    }

    @Test
    void sendsWhatAsyncProfilerWritesOnTheSpot() throws Exception {
        Requests recorded = ReplayFiles.read(List.of(RealProfile.record(folder, 1_000)));

        ExportProfilesServiceRequest sent = ExportProfilesServiceRequest.parseFrom(recorded.body(1, 2, BEGIN));

        assertThat(recorded.content(0).samples()).isGreaterThan(50);
        assertThat(sent.getDictionary().getStringTableList()).anyMatch(text -> text.contains("FleetRequests"));
        assertThat(sent.getResourceProfiles(0)
                        .getScopeProfiles(0)
                        .getProfiles(0)
                        .getProfileId()
                        .size())
                .isEqualTo(16);
    }

    private ExportProfilesServiceRequest send(ExportProfilesServiceRequest foreign, long sequence) throws Exception {
        Path file = Files.write(folder.resolve("foreign.otlp"), foreign.toByteArray());
        return ExportProfilesServiceRequest.parseFrom(
                ReplayFiles.read(List.of(file)).body(3, sequence, BEGIN));
    }

    private static ExportProfilesServiceRequest foreign() {
        Profile profile = Profile.newBuilder()
                .setTimeUnixNano(1_000)
                .setProfileId(ByteString.copyFromUtf8("theirs"))
                .addSamples(Sample.newBuilder()
                        .setStackIndex(1)
                        .addTimestampsUnixNano(1_005)
                        .addTimestampsUnixNano(1_900))
                .addSamples(Sample.newBuilder()
                        .setStackIndex(1)
                        .addValues(1)
                        .addValues(2)
                        .addValues(3))
                .setPeriod(10)
                .build();
        return ExportProfilesServiceRequest.newBuilder()
                .addResourceProfiles(ResourceProfiles.newBuilder()
                        .setSchemaUrl("a")
                        .addScopeProfiles(
                                ScopeProfiles.newBuilder().addProfiles(profile).setSchemaUrl("b")))
                .setDictionary(ProfilesDictionary.newBuilder()
                        .addStackTable(Stack.getDefaultInstance())
                        .addStackTable(Stack.newBuilder().addLocationIndices(0))
                        .addStringTable(""))
                .build();
    }
}
