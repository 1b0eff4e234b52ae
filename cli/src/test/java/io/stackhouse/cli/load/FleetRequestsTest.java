package io.stackhouse.cli.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.profiles.v1development.Link;
import io.opentelemetry.proto.profiles.v1development.Profile;
import io.opentelemetry.proto.profiles.v1development.ResourceProfiles;
import io.opentelemetry.proto.profiles.v1development.Sample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is sent is what was promised, as protobuf-java reads it. */
final class FleetRequestsTest {

    private static final long BEGIN = 1_790_000_000_123_456_789L;
    private static final int RUN = 0x7a5b_1234;

    private final FleetSettings settings = FleetSettings.usual(42);
    private final Requests requests = FleetRequests.encode(settings);

    @Test
    void isTheSameForTheSameSeedAndAnotherForAnother() {
        Requests again = FleetRequests.encode(FleetSettings.usual(42));
        Requests other = FleetRequests.encode(FleetSettings.usual(43));

        for (int i = 0; i < 40; i++) {
            assertThat(again.body(RUN, i, BEGIN)).isEqualTo(requests.body(RUN, i, BEGIN));
            assertThat(other.body(RUN, i, BEGIN)).isNotEqualTo(requests.body(RUN, i, BEGIN));
        }
    }

    @Test
    void hasTenSamplesPerStackAndSixtyBytesPerSample() {
        RequestShape shape = requests.shape();

        assertThat(shape.samples()).isEqualTo(2_000);
        assertThat(shape.stacks()).isCloseTo(200, within(10.0));
        assertThat(shape.bytesPerSample()).isBetween(50.0, 70.0);
    }

    @Test
    void saysOfARequestWhatProtobufReadsInIt() throws Exception {
        for (int i = 0; i < settings.requests(); i++) {
            ExportProfilesServiceRequest request = parse(i);
            RequestTemplate.Content content = requests.content(i);

            assertThat(content.bytes()).isEqualTo(request.getSerializedSize());
            assertThat(content.resources()).isEqualTo(request.getResourceProfilesCount());
            assertThat(content.profiles()).isEqualTo(profiles(request).size());
            assertThat(content.samples()).isEqualTo(samples(request).size());
            assertThat(content.stacks()).isEqualTo(request.getDictionary().getStackTableCount() - 1);
            assertThat(content.links()).isEqualTo(request.getDictionary().getLinkTableCount() - 1);
            assertThat(content.valueSum())
                    .isEqualTo(samples(request).stream()
                            .mapToLong(sample -> sample.getValues(0))
                            .sum());
        }
    }

    @Test
    void writesNewTimesIntoEachRequest() throws Exception {
        List<Long> offsets = new ArrayList<>();
        for (Profile profile : profiles(parse(3))) {
            assertThat(profile.getTimeUnixNano()).isEqualTo(BEGIN);
            for (Sample sample : profile.getSamplesList()) {
                assertThat(sample.getTimestampsUnixNano(0)).isBetween(BEGIN, BEGIN + FleetRequests.INTERVAL_NANOS);
                offsets.add(sample.getTimestampsUnixNano(0) - BEGIN);
            }
        }
        assertThat(new HashSet<>(offsets)).hasSizeGreaterThan(1_900);
    }

    @Test
    void numbersRequestsAndRunsInTheIdsOfProfiles() throws Exception {
        Set<ByteString> ids = new HashSet<>();
        for (long sequence : new long[] {0, 1, 31, 32, 33, 5_000_000_000L}) {
            for (Profile profile :
                    profiles(ExportProfilesServiceRequest.parseFrom(requests.body(RUN, sequence, BEGIN)))) {
                String id = java.util.HexFormat.of()
                        .formatHex(profile.getProfileId().toByteArray());
                assertThat(id).startsWith(ProfileIds.prefix(RUN)).hasSize(32);
                assertThat(ProfileIds.sequence(id)).isEqualTo(sequence);
                assertThat(ids.add(profile.getProfileId())).isTrue();
            }
        }
    }

    @Test
    void comesFromOtherInstancesUntilAllHaveSent() throws Exception {
        Set<String> instances = new HashSet<>();
        int distinct = settings.requests() * settings.instanceNumbers();
        for (int i = 0; i < distinct; i++) {
            for (ResourceProfiles resource : parse(i).getResourceProfilesList()) {
                assertThat(instances.add(attribute(resource, "service.instance.id")))
                        .isTrue();
                assertThat(attribute(resource, "host.name")).doesNotContain("#");
            }
        }

        assertThat(instances.add(attribute(parse(distinct).getResourceProfiles(0), "service.instance.id")))
                .isFalse();
        assertThat((double) instances.size()).isCloseTo(10_000, within(2_500.0));
    }

    @Test
    void linksTheShareOfSamplesThatWasAskedForToSpansOfTheirOwn() throws Exception {
        Requests linked = FleetRequests.encode(new FleetSettings(7, 5, 10, 2, 0.25, 4, 2, 100, 10));
        List<Sample> samples = new ArrayList<>();
        Set<ByteString> traces = new HashSet<>();
        for (int i = 0; i < 8; i++) {
            ExportProfilesServiceRequest request = ExportProfilesServiceRequest.parseFrom(linked.body(RUN, i, BEGIN));
            samples.addAll(samples(request));
            for (Link link : request.getDictionary().getLinkTableList().subList(1, 20)) {
                assertThat(link.getTraceId().size()).isEqualTo(16);
                assertThat(link.getSpanId().size()).isEqualTo(8);
                assertThat(traces.add(link.getTraceId())).isTrue();
            }
        }

        double share =
                samples.stream().filter(sample -> sample.getLinkIndex() > 0).count() / (double) samples.size();
        assertThat(share).isCloseTo(0.25, within(0.02));
    }

    @Test
    void hasStacksOfFiveToNinetyFramesOfWhichSomeComeFarMoreOftenThanMost() throws Exception {
        Map<Integer, Integer> counts = new HashMap<>();
        ExportProfilesServiceRequest request = parse(0);
        for (Sample sample : profiles(request).get(0).getSamplesList()) {
            counts.merge(sample.getStackIndex(), 1, Integer::sum);
            int frames = request.getDictionary()
                    .getStackTable(sample.getStackIndex())
                    .getLocationIndicesCount();
            assertThat(frames).isBetween(CallStacks.MIN_FRAMES, CallStacks.MAX_FRAMES);
        }

        List<Integer> sorted = counts.values().stream().sorted().toList();
        assertThat(sorted.get(sorted.size() - 1)).isGreaterThan(10 * sorted.get(sorted.size() / 2));
    }

    @Test
    void drawsByZipfsLaw() {
        Zipf zipf = new Zipf(100, 1.0);
        Random random = new Random(5);
        int[] counts = new int[100];
        for (int i = 0; i < 200_000; i++) {
            counts[zipf.draw(random)]++;
        }

        assertThat((double) counts[0] / counts[9]).isCloseTo(10, within(1.0));
        assertThat((double) counts[0] / counts[1]).isCloseTo(2, within(0.1));
    }

    @Test
    void tellsWhichSizeIsOutOfItsRange() {
        assertThatThrownBy(() -> new FleetSettings(1, 0, 1, 1, 0, 1, 1, 1, 1)).hasMessageContaining("services is 0");
        assertThatThrownBy(() -> new FleetSettings(1, 1, 1, 1, 1.5, 1, 1, 1, 1)).hasMessageContaining("linked is 1.5");
    }

    private ExportProfilesServiceRequest parse(long sequence) throws Exception {
        return ExportProfilesServiceRequest.parseFrom(requests.body(RUN, sequence, BEGIN));
    }

    private static List<Profile> profiles(ExportProfilesServiceRequest request) {
        return request.getResourceProfilesList().stream()
                .flatMap(resource -> resource.getScopeProfilesList().stream())
                .flatMap(scope -> scope.getProfilesList().stream())
                .toList();
    }

    private static List<Sample> samples(ExportProfilesServiceRequest request) {
        return profiles(request).stream()
                .flatMap(profile -> profile.getSamplesList().stream())
                .toList();
    }

    private static String attribute(ResourceProfiles resource, String key) {
        return resource.getResource().getAttributesList().stream()
                .filter(attribute -> attribute.getKey().equals(key))
                .map(KeyValue::getValue)
                .findFirst()
                .orElseThrow()
                .getStringValue();
    }
}
