package io.stackhouse.agent.interval;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.profiles.v1development.KeyValueAndUnit;
import io.opentelemetry.proto.profiles.v1development.Location;
import io.opentelemetry.proto.profiles.v1development.Mapping;
import io.opentelemetry.proto.profiles.v1development.Profile;
import io.opentelemetry.proto.profiles.v1development.ProfilesDictionary;
import io.opentelemetry.proto.profiles.v1development.ResourceProfiles;
import io.opentelemetry.proto.profiles.v1development.Sample;
import io.stackhouse.agent.process.ProcessTable;
import io.stackhouse.agent.process.ProcessTableConfig;
import io.stackhouse.agent.sample.Event;
import io.stackhouse.agent.sample.EventPeriods;
import io.stackhouse.agent.sample.RawStacks;
import io.stackhouse.agent.symbol.Frame;
import io.stackhouse.agent.symbol.Module;
import io.stackhouse.agent.symbol.SymbolizedStack;
import io.stackhouse.agent.symbol.Symbolizer;
import io.stackhouse.agent.symbol.TestFrames;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What was recorded, read back from the encoded request by the protocol's own classes. */
class IntervalTest {
    private static final long PERIOD = 10_101_010;
    private static final IntervalSpan SPAN = new IntervalSpan(1_000, 10_000_001_000L, 1_700_000_000_000_000_000L);
    private static final Module LIBRARY = TestFrames.module("/usr/lib/libx.so", "abcd", "ef01");
    private static final Frame KERNEL = TestFrames.kernel(0x10, "do_syscall_64");

    private final ProcessTable processes = new ProcessTable(ProcessTableConfig.defaults());
    private final List<ExportProfilesServiceRequest> requests = new ArrayList<>();
    private final List<Long> forgotten = new ArrayList<>();
    private long samplesTold;
    private int symbolized;

    /** The raw stack's only address names the function; addresses from 100 on are cut stacks without names. */
    private final Symbolizer symbolizer = (process, kernelIps, kernelCount, userIps, userCount, truncated) -> {
        symbolized++;
        long address = userIps[0];
        return address >= 100
                ? new SymbolizedStack(new Frame[] {TestFrames.unnamed(LIBRARY, address)}, true)
                : new SymbolizedStack(new Frame[] {KERNEL, TestFrames.named(LIBRARY, address, "f" + address)}, false);
    };

    @AfterEach
    void close() {
        processes.close();
    }

    @Test
    void givesCountsTimesThePeriodPerStackAndThreadName() {
        IntervalRecorder recorder = recorder(100, false);
        recorder.stack(RawStacks.body(1, "main"));
        recorder.stack(RawStacks.body(2, "worker"));
        recorder.count(1, pid(), Event.CPU, 3);
        recorder.count(2, pid(), Event.CPU, 4);

        encode(recorder);

        assertThat(samples())
                .containsExactlyInAnyOrder(
                        "f1 < do_syscall_64 [main] " + 3 * PERIOD, "f2 < do_syscall_64 [worker] " + 4 * PERIOD);
        Profile profile = onlyProfile();
        assertThat(profile.getTimeUnixNano()).isEqualTo(1_700_000_000_000_001_000L);
        assertThat(profile.getDurationNano()).isEqualTo(10_000_000_000L);
        assertThat(profile.getPeriod()).isEqualTo(PERIOD);
        assertThat(profile.getProfileId().size()).isEqualTo(16);
        assertThat(text(profile.getSampleType().getTypeStrindex())).isEqualTo("cpu");
        assertThat(text(profile.getSampleType().getUnitStrindex())).isEqualTo("nanoseconds");
        assertThat(text(profile.getPeriodType().getTypeStrindex())).isEqualTo("cpu");
        assertThat(samplesTold).isEqualTo(7);
    }

    @Test
    void describesTheProcessAndTheScope() {
        IntervalRecorder recorder = recorder(100, false);
        recorder.stack(RawStacks.body(1, "main"));
        recorder.count(1, pid(), Event.CPU, 1);

        encode(recorder);

        ResourceProfiles resource = requests.get(0).getResourceProfiles(0);
        assertThat(resource.getScopeProfiles(0).getScope().getName()).isEqualTo("stackhouse.bpf-agent");
        assertThat(resource.getScopeProfiles(0).getScope().getVersion()).isEqualTo("1.2.3");
        assertThat(resource.getResource().getAttributesList())
                .filteredOn(attribute -> attribute.getKey().equals("process.pid"))
                .extracting(KeyValue::getValue)
                .singleElement()
                .satisfies(value -> assertThat(value.getIntValue()).isEqualTo(pid()));
    }

    @Test
    void describesFramesAndMappings() {
        IntervalRecorder recorder = recorder(100, false);
        recorder.stack(RawStacks.body(5, "main"));
        recorder.count(5, pid(), Event.CPU, 1);

        encode(recorder);

        ProfilesDictionary dictionary = dictionary();
        Sample sample = onlyProfile().getSamples(0);
        List<Integer> locations =
                dictionary.getStackTable(sample.getStackIndex()).getLocationIndicesList();
        Location kernel = dictionary.getLocationTable(locations.get(0));
        Location user = dictionary.getLocationTable(locations.get(1));
        assertThat(attributes(kernel.getAttributeIndicesList())).containsExactly("profile.frame.type=kernel");
        assertThat(attributes(user.getAttributeIndicesList())).containsExactly("profile.frame.type=native");
        assertThat(kernel.getMappingIndex()).isZero();
        assertThat(user.getAddress()).isEqualTo(5);
        Mapping mapping = dictionary.getMappingTable(user.getMappingIndex());
        assertThat(text(mapping.getFilenameStrindex())).isEqualTo("/usr/lib/libx.so");
        assertThat(mapping.getMemoryStart()).isEqualTo(0x1000);
        assertThat(mapping.getMemoryLimit()).isEqualTo(0x9000);
        assertThat(mapping.getFileOffset()).isEqualTo(0x200);
        assertThat(attributes(mapping.getAttributeIndicesList()))
                .containsExactly("process.executable.build_id.gnu=abcd", "process.executable.build_id.htlhash=ef01");
    }

    @Test
    void addsUpStacksThatBecomeEqual() {
        // Two hashes of one process and thread name, as after an exec, whose frames have the same names and places.
        Symbolizer same = (process, kernelIps, kernelCount, userIps, userCount, truncated) ->
                new SymbolizedStack(new Frame[] {KERNEL}, false);
        IntervalRecorder recorder = new IntervalRecorder(new IntervalConfig(100, 6, false), processes, same);
        recorder.stack(RawStacks.body(1, "main"));
        recorder.stack(RawStacks.body(2, "main"));
        recorder.count(1, pid(), Event.CPU, 3);
        recorder.count(2, pid(), Event.CPU, 4);

        encode(recorder);

        assertThat(samples()).containsExactly("do_syscall_64 [main] " + 7 * PERIOD);
    }

    @Test
    void countsSinglesWithTheRestUnlessTimesAreKept() {
        IntervalRecorder recorder = recorder(100, false);
        recorder.stack(RawStacks.body(1, "main"));
        recorder.count(1, pid(), Event.CPU, 3);
        recorder.stack(RawStacks.single(1, "main", 5_000));

        encode(recorder);

        assertThat(samples()).containsExactly("f1 < do_syscall_64 [main] " + 4 * PERIOD);
        assertThat(onlyProfile().getSamples(0).getTimestampsUnixNanoCount()).isZero();
    }

    @Test
    void keepsTheTimeOfEachSample() {
        IntervalRecorder recorder = recorder(100, true);
        recorder.stack(RawStacks.single(1, "main", 5_000));
        recorder.stack(RawStacks.single(1, "main", 6_000));
        recorder.stack(RawStacks.single(2, "main", 999)); // taken just before the interval was opened

        encode(recorder);

        assertThat(onlyProfile().getSamplesList())
                .flatExtracting(Sample::getTimestampsUnixNanoList)
                .containsExactlyInAnyOrder(
                        1_700_000_000_000_005_000L, 1_700_000_000_000_006_000L, 1_700_000_000_000_000_999L);
        assertThat(onlyProfile().getTimeUnixNano())
                .as("the profile begins with its first sample")
                .isEqualTo(1_700_000_000_000_000_999L);
        assertThat(samples()).hasSize(3).allMatch(sample -> sample.endsWith(" " + PERIOD));
        assertThat(symbolized).isEqualTo(2);
        assertThat(samplesTold).isEqualTo(3);
    }

    @Test
    void symbolizesAStackOnceAndBeginsEachIntervalAtZero() {
        IntervalRecorder recorder = recorder(100, false);
        recorder.stack(RawStacks.body(1, "main"));
        recorder.count(1, pid(), Event.CPU, 3);
        encode(recorder);
        recorder.endInterval(forgotten::add);
        requests.clear();

        recorder.stack(RawStacks.body(1, "main"));
        recorder.count(1, pid(), Event.CPU, 5);
        encode(recorder);

        assertThat(samples()).containsExactly("f1 < do_syscall_64 [main] " + 5 * PERIOD);
        assertThat(symbolized).isEqualTo(1);
    }

    @Test
    void keepsCountsWhoseStackNeverArrived() {
        IntervalRecorder recorder = recorder(100, false);
        recorder.count(99, pid(), Event.CPU, 2);
        recorder.count(98, pid(), Event.CPU, 1);

        encode(recorder);

        assertThat(samples()).containsExactly("[stack not captured] " + 3 * PERIOD);
        assertThat(recorder.notCapturedSamples()).isEqualTo(3);
    }

    @Test
    void refusesStacksBeyondItsBoundAndAsksForThemAgainLater() {
        IntervalRecorder recorder = recorder(1, false);
        recorder.stack(RawStacks.body(1, "main"));
        recorder.stack(RawStacks.body(2, "main"));
        recorder.stack(RawStacks.single(3, "main", 0));
        recorder.count(1, pid(), Event.CPU, 1);
        recorder.count(2, pid(), Event.CPU, 1);

        encode(recorder);
        recorder.endInterval(forgotten::add);

        assertThat(samples())
                .containsExactlyInAnyOrder(
                        "f1 < do_syscall_64 [main] " + PERIOD,
                        "f3 < do_syscall_64 [main] " + PERIOD,
                        "[stack not captured] " + PERIOD);
        assertThat(recorder.refusedStacks()).isEqualTo(1);
        assertThat(forgotten).containsExactly(2L);
    }

    @Test
    void marksCutStacks() {
        IntervalRecorder recorder = recorder(100, false);
        recorder.stack(RawStacks.body(100, "main"));
        recorder.count(100, pid(), Event.CPU, 1);

        encode(recorder);

        Sample sample = onlyProfile().getSamples(0);
        assertThat(attributes(sample.getAttributeIndicesList()))
                .containsExactly("thread.name=main", "stackhouse.stack.truncated=true");
        int location = dictionary().getStackTable(sample.getStackIndex()).getLocationIndices(0);
        assertThat(dictionary().getLocationTable(location).getLinesCount()).isZero();
    }

    @Test
    void cutsALargeIntervalIntoRequests() {
        IntervalRecorder recorder = recorder(100, false);
        for (int i = 1; i <= 3; i++) {
            recorder.stack(RawStacks.body(i, "main"));
            recorder.count(i, pid(), Event.CPU, 1);
        }
        recorder.count(99, 1, Event.CPU, 1); // another process

        new IntervalEncoder("1.2.3", EventPeriods.ofCpu(PERIOD), 2).encode(recorder, SPAN, this::take);

        assertThat(requests).hasSize(2);
        assertThat(samplesTold).isEqualTo(4);
    }

    @Test
    void sendsNothingForAnEmptyInterval() {
        encode(recorder(100, false));

        assertThat(requests).isEmpty();
    }

    private IntervalRecorder recorder(int maxStacks, boolean keepTimes) {
        return new IntervalRecorder(new IntervalConfig(maxStacks, 6, keepTimes), processes, symbolizer);
    }

    private void encode(IntervalRecorder recorder) {
        new IntervalEncoder("1.2.3", EventPeriods.ofCpu(PERIOD)).encode(recorder, SPAN, this::take);
    }

    private void take(byte[] request, int profiles, long samples) {
        try {
            ExportProfilesServiceRequest decoded = ExportProfilesServiceRequest.parseFrom(request);
            assertThat(decoded.getResourceProfilesCount()).isEqualTo(profiles);
            requests.add(decoded);
            samplesTold += samples;
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError("not a request", e);
        }
    }

    private static int pid() {
        return (int) ProcessHandle.current().pid();
    }

    private ProfilesDictionary dictionary() {
        return requests.get(0).getDictionary();
    }

    private Profile onlyProfile() {
        assertThat(requests).hasSize(1);
        assertThat(requests.get(0).getResourceProfilesCount()).isEqualTo(1);
        assertThat(requests.get(0).getResourceProfiles(0).getScopeProfilesCount())
                .isEqualTo(1);
        assertThat(requests.get(0).getResourceProfiles(0).getScopeProfiles(0).getProfilesCount())
                .isEqualTo(1);
        return requests.get(0).getResourceProfiles(0).getScopeProfiles(0).getProfiles(0);
    }

    private String text(int index) {
        return dictionary().getStringTable(index);
    }

    private List<String> attributes(List<Integer> indices) {
        List<String> texts = new ArrayList<>();
        for (int index : indices) {
            KeyValueAndUnit attribute = dictionary().getAttributeTable(index);
            texts.add(text(attribute.getKeyStrindex()) + "="
                    + attribute.getValue().getStringValue());
        }
        return texts;
    }

    /** Root-most function last to first, as {@code root < leaf [thread] value}. */
    private List<String> samples() {
        List<String> texts = new ArrayList<>();
        for (Sample sample : onlyProfile().getSamplesList()) {
            StringBuilder text = new StringBuilder();
            for (int location :
                    dictionary().getStackTable(sample.getStackIndex()).getLocationIndicesList()) {
                int function =
                        dictionary().getLocationTable(location).getLines(0).getFunctionIndex();
                String name = text(dictionary().getFunctionTable(function).getNameStrindex());
                text.insert(0, text.isEmpty() ? name : name + " < ");
            }
            for (String attribute : attributes(sample.getAttributeIndicesList())) {
                text.append(" [").append(attribute.replace("thread.name=", "")).append("]");
            }
            texts.add(text + " " + sample.getValues(0));
        }
        return texts;
    }
}
