package io.stackhouse.agent.interval;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.profiles.v1development.KeyValueAndUnit;
import io.opentelemetry.proto.profiles.v1development.Profile;
import io.opentelemetry.proto.profiles.v1development.ResourceProfiles;
import io.opentelemetry.proto.profiles.v1development.Sample;
import io.opentelemetry.proto.profiles.v1development.ValueType;
import io.stackhouse.agent.process.ProcessTable;
import io.stackhouse.agent.process.ProcessTableConfig;
import io.stackhouse.agent.process.TracedProcess;
import io.stackhouse.agent.sample.Event;
import io.stackhouse.agent.sample.EventPeriods;
import io.stackhouse.agent.sample.RawStacks;
import io.stackhouse.agent.symbol.Frame;
import io.stackhouse.agent.symbol.SymbolizedStack;
import io.stackhouse.agent.symbol.TestFrames;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Samples with contexts, and intervals that wait for them, read back from the encoded requests. */
class TracedIntervalTest {
    private static final long PERIOD = 1_000;
    private static final IntervalSpan FIRST = new IntervalSpan(1_000, 11_000, 1_700_000_000_000_000_000L);
    private static final IntervalSpan SECOND = new IntervalSpan(11_000, 21_000, 1_700_000_000_000_000_000L);
    private static final byte[] ROUTE = {0, 2, '/', 'a', 1, 1, 'x', 0, 2, '/', 'b', 7, 1, 'n', 1, 9, 'c'};

    private final ProcessTable processes = new ProcessTable(ProcessTableConfig.defaults());
    private final Contexts contexts = new Contexts();
    private final IntervalRecorder recorder = new IntervalRecorder(
            new IntervalConfig(100, 6, false),
            processes,
            (process, kernelIps, kernelCount, userIps, userCount, truncated) ->
                    new SymbolizedStack(new Frame[] {TestFrames.kernel(userIps[0], "f" + userIps[0])}, false),
            contexts);
    private final IntervalEncoder encoder = new IntervalEncoder("1", new EventPeriods(PERIOD, 256));
    private final List<ExportProfilesServiceRequest> requests = new ArrayList<>();

    @AfterEach
    void close() {
        processes.close();
    }

    @Test
    void putsSamplesOfOneSpanTogetherWithTheirTimesLinkAndAttributes() {
        recorder.stack(RawStacks.body(1, "main"));
        recorder.traced(RawStacks.traced(1, 0x33, ROUTE, 2_000));
        recorder.traced(RawStacks.traced(1, 0x33, ROUTE, 3_000));
        recorder.traced(RawStacks.traced(1, 0x44, new byte[0], 4_000));
        recorder.traced(RawStacks.traced(1, 0, ROUTE, 5_000));
        recorder.count(1, pid(), Event.CPU, 6);
        process().publish(Map.of(), List.of("http.route", "thread.name"));
        end(FIRST, false);

        assertThat(profiles()).hasSize(2);
        assertThat(profiles().get(0).getSamplesList())
                .singleElement()
                .satisfies(sample -> assertThat(sample.getValuesList()).containsExactly(6 * PERIOD));
        List<Sample> traced = profiles().get(1).getSamplesList();
        assertThat(traced).hasSize(3);
        assertThat(traced.get(0).getTimestampsUnixNanoList())
                .containsExactly(1_700_000_000_000_002_000L, 1_700_000_000_000_003_000L);
        assertThat(traced.get(0).getValuesList()).containsExactly(PERIOD, PERIOD);
        // Of a key that comes twice the last text counts; unknown keys, cut ones, and a name that is ours are left out.
        assertThat(attributes(traced.get(0))).containsExactly("thread.name=main", "http.route=/b");
        assertThat(link(traced.get(0))).isEqualTo("33".repeat(24));
        assertThat(link(traced.get(1))).isEqualTo("44".repeat(24));
        assertThat(attributes(traced.get(1))).containsExactly("thread.name=main");
        assertThat(traced.get(2).getLinkIndex()).isZero();
        assertThat(attributes(traced.get(2))).containsExactly("thread.name=main", "http.route=/b");
        assertThat(contexts.needed).containsExactly(7, 7, 7);
    }

    @Test
    void keepsAContextWhoseStackNeverArrived() {
        recorder.traced(RawStacks.traced(99, 0x33, new byte[0], 2_000));
        end(FIRST, false);

        assertThat(profiles())
                .singleElement()
                .satisfies(profile -> assertThat(link(profile.getSamples(0))).isEqualTo("33".repeat(24)));
        assertThat(recorder.notCapturedSamples()).isEqualTo(1);
    }

    @Test
    void sendsWhatWaitedWithTheNextIntervalUnderItsOwnTimeAndTheNewName() {
        contexts.isAwaited = true;
        recorder.stack(RawStacks.body(1, "main"));
        recorder.count(1, pid(), Event.CPU, 5);
        recorder.traced(RawStacks.traced(1, 0x33, new byte[0], 2_000));
        end(FIRST, false);
        assertThat(requests).isEmpty();

        contexts.isAwaited = false;
        process().publish(Map.of("service.name", "checkout"), List.of());
        recorder.count(1, pid(), Event.CPU, 2);
        end(SECOND, false);

        assertThat(profiles())
                .extracting(Profile::getTimeUnixNano)
                .containsExactly(FIRST.startUnixNanos(), FIRST.startUnixNanos(), SECOND.startUnixNanos());
        assertThat(profiles())
                .extracting(profile -> profile.getSamples(0).getValues(0))
                .containsExactly(5 * PERIOD, PERIOD, 2 * PERIOD);
        assertThat(requests.get(0).getResourceProfilesList())
                .allSatisfy(resource -> assertThat(name(resource)).isEqualTo("checkout"));

        requests.clear();
        end(new IntervalSpan(21_000, 31_000, 0), false);
        assertThat(requests).isEmpty();
    }

    @Test
    void sendsEachEventAsAProfileOfItsOwn() {
        recorder.stack(RawStacks.body(1, "main"));
        recorder.stack(RawStacks.body(2, "main", Event.PAGE_FAULT));
        recorder.stack(RawStacks.body(3, "main", Event.OFF_CPU));
        recorder.count(1, pid(), Event.CPU, 4);
        recorder.count(2, pid(), Event.PAGE_FAULT, 3);
        recorder.count(99, pid(), Event.PAGE_FAULT, 1); // its body found no room
        recorder.traced(RawStacks.sleep(3, 0, 0.5, 700, 2_000));
        recorder.traced(RawStacks.sleep(3, 0, 1, 900, 3_000));
        recorder.traced(RawStacks.sleep(3, 0x33, 0.25, 100, 4_000));
        end(FIRST, false);

        assertThat(profiles())
                .extracting(this::heading)
                .containsExactly(
                        "cpu/nanoseconds cpu/nanoseconds 1000",
                        "page_faults/count page_faults/count 256",
                        "off_cpu/nanoseconds / 0");
        assertThat(profiles().get(0).getSamples(0).getValuesList()).containsExactly(4 * PERIOD);
        assertThat(profiles().get(1).getSamplesList())
                .extracting(sample -> sample.getValues(0))
                .containsExactly(3 * 256L, 256L);
        List<Sample> sleeps = profiles().get(2).getSamplesList();
        assertThat(sleeps.get(0).getValuesList()).containsExactly(1_400L, 900L);
        assertThat(sleeps.get(0).getTimestampsUnixNanoList())
                .containsExactly(1_700_000_000_000_002_000L, 1_700_000_000_000_003_000L);
        assertThat(sleeps.get(0).getLinkIndex()).isZero();
        assertThat(sleeps.get(1).getValuesList()).containsExactly(400L);
        assertThat(link(sleeps.get(1))).isEqualTo("33".repeat(24));
    }

    private String heading(Profile profile) {
        return name(profile.getSampleType()) + " " + name(profile.getPeriodType()) + " " + profile.getPeriod();
    }

    private String name(ValueType type) {
        List<String> strings = requests.get(0).getDictionary().getStringTableList();
        return strings.get(type.getTypeStrindex()) + "/" + strings.get(type.getUnitStrindex());
    }

    @Test
    void waitsForNothingAtTheEnd() {
        contexts.isAwaited = true;
        recorder.stack(RawStacks.body(1, "main"));
        recorder.count(1, pid(), Event.CPU, 5);
        end(FIRST, true);

        assertThat(profiles()).hasSize(1);
    }

    private void end(IntervalSpan span, boolean isLast) {
        recorder.close(span, isLast);
        encoder.encode(recorder, span, (bytes, profiles, samples) -> {
            try {
                requests.add(ExportProfilesServiceRequest.parseFrom(bytes));
            } catch (InvalidProtocolBufferException e) {
                throw new AssertionError(e);
            }
        });
        recorder.endInterval(hash -> {});
    }

    private TracedProcess process() {
        return processes.lookup(pid(), 0, 0, "", 0);
    }

    private List<Profile> profiles() {
        return requests.stream()
                .flatMap(request -> request.getResourceProfilesList().stream())
                .flatMap(resource -> resource.getScopeProfiles(0).getProfilesList().stream())
                .toList();
    }

    private static String name(ResourceProfiles resource) {
        return resource.getResource().getAttributesList().stream()
                .filter(attribute -> attribute.getKey().equals("service.name"))
                .map(KeyValue::getValue)
                .findFirst()
                .orElseThrow()
                .getStringValue();
    }

    private String link(Sample sample) {
        var link = requests.get(0).getDictionary().getLinkTable(sample.getLinkIndex());
        return HexFormat.of()
                .formatHex(link.getTraceId().concat(link.getSpanId()).toByteArray());
    }

    private List<String> attributes(Sample sample) {
        List<String> texts = new ArrayList<>();
        for (int index : sample.getAttributeIndicesList()) {
            KeyValueAndUnit attribute = requests.get(0).getDictionary().getAttributeTable(index);
            texts.add(requests.get(0).getDictionary().getStringTable(attribute.getKeyStrindex()) + "="
                    + attribute.getValue().getStringValue());
        }
        return texts;
    }

    private static int pid() {
        return (int) ProcessHandle.current().pid();
    }

    /** What a test says of all processes. */
    private static final class Contexts implements PublishedContexts {
        private final List<Integer> needed = new ArrayList<>();
        private boolean isAwaited;

        @Override
        public void met(TracedProcess process) {}

        @Override
        public void need(TracedProcess process, int key) {
            needed.add(key);
        }

        @Override
        public boolean isAwaited(TracedProcess process, IntervalSpan span) {
            return isAwaited;
        }
    }
}
