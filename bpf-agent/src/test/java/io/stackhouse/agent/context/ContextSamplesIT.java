package io.stackhouse.agent.context;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.agent.process.ProcessTable;
import io.stackhouse.agent.process.ProcessTableConfig;
import io.stackhouse.agent.sample.Aggregation;
import io.stackhouse.agent.sample.BpfSampleSource;
import io.stackhouse.agent.sample.CountConsumer;
import io.stackhouse.agent.sample.Event;
import io.stackhouse.agent.sample.RawStack;
import io.stackhouse.agent.sample.SampleCounters;
import io.stackhouse.agent.sample.SamplerConfig;
import io.stackhouse.agent.sample.StackConsumer;
import io.stackhouse.agent.sample.TracedSample;
import io.stackhouse.agent.testing.KernelTests;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The BPF program alone: each sample is in exactly one place whatever is full, and the map that another program pins is read. */
class ContextSamplesIT {
    private static final int HERTZ = 499;
    private static final int ENOUGH = 60;
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** When a run has seen enough: so many samples with a context, so many at all, or so many that found the ring full since nobody reads it. */
    private enum Until {
        TRACED,
        SAMPLED,
        RING_FULL
    }

    @TempDir
    Path folder;

    private ContextProgram programs;
    private Process target;
    private Path pinned;

    @BeforeEach
    void prepare() {
        KernelTests.requireRoot();
        programs = new ContextProgram(folder);
    }

    @AfterEach
    void stop() throws Exception {
        if (target != null) {
            target.destroyForcibly();
        }
        if (pinned != null) {
            Files.deleteIfExists(pinned);
            Files.deleteIfExists(pinned.getParent());
            Files.deleteIfExists(pinned.getParent().getParent());
        }
    }

    @Test
    void countsEachSampleInOnePlace() throws Exception {
        Run run = run(startTarget(), config(Aggregation.KERNEL, 1 << 20, true), Path.of("/nowhere"), Until.TRACED);

        assertThat(run.spans).containsOnlyKeys("a0".repeat(8), "a1".repeat(8));
        assertThat(run.counters.contexts().untraced()).isZero();
        assertThat(run.counters.singles()).isZero();
    }

    @Test
    void countsEachSampleInOnePlaceWithoutAggregation() throws Exception {
        Run run = run(startTarget(), config(Aggregation.NONE, 1 << 20, true), Path.of("/nowhere"), Until.TRACED);

        assertThat(run.spans).isNotEmpty();
        assertThat(run.counters.counted()).isZero();
    }

    @Test
    void countsWithoutContextWhatFindsTheRingFull() throws Exception {
        Run run = run(startTarget(), config(Aggregation.KERNEL, 4096, true), Path.of("/nowhere"), Until.RING_FULL);

        assertThat(run.counters.contexts().untraced()).isPositive();
        assertThat(run.counters.lost()).isZero();
    }

    @Test
    void readsNothingWhenItIsSwitchedOff() throws Exception {
        Run run = run(startTarget(), config(Aggregation.KERNEL, 1 << 20, false), Path.of("/nowhere"), Until.SAMPLED);

        assertThat(run.counters.contexts().read()).isZero();
        assertThat(run.spans).isEmpty();
    }

    @Test
    void readsTheMapThatTheEbpfInstrumentationPins() throws Exception {
        Run run = run(startSharing(), config(Aggregation.KERNEL, 1 << 20, true), root(), Until.TRACED);

        assertThat(run.spans).containsOnlyKeys("88".repeat(8));
        assertThat(run.traces).containsOnlyKeys("77".repeat(16));
        assertThat(run.shared).isEqualTo(1);
        double share = run.ofTarget / (double) (run.ofTarget + run.countedOfTarget);
        assertThat(share).isBetween(0.6, 0.9);
    }

    @Test
    void leavesAPinnedMapOfAnotherKindAlone() throws Exception {
        Run run = run(startSharing("another kind"), config(Aggregation.KERNEL, 1 << 20, true), root(), Until.SAMPLED);

        assertThat(run.spans).isEmpty();
        assertThat(run.shared).isZero();
    }

    private Process startTarget() throws Exception {
        target = programs.start(programs.containing("program", "-rdynamic"), "plain");
        return target;
    }

    private Process startSharing(String... more) throws Exception {
        KernelTests.require(
                Files.exists(Path.of("/sys/fs/bpf")) && Files.isWritable(Path.of("/sys/fs/bpf")), "needs bpffs");
        pinned = root().resolve(SharedTraces.NAME);
        Files.createDirectories(pinned.getParent());
        target = programs.start(programs.compiled("shared_traces.c"), pinned.toString(), more);
        return target;
    }

    private Path root() {
        return Path.of(
                "/sys/fs/bpf", "stackhouse-test-" + ProcessHandle.current().pid());
    }

    private static SamplerConfig config(Aggregation aggregation, int ringBytes, boolean contexts) {
        return new SamplerConfig(HERTZ, aggregation, ringBytes, 1 << 16, 1 << 16, 1024, 0, contexts);
    }

    private static Run run(Process target, SamplerConfig config, Path bpfRoot, Until until) {
        Run run = new Run(target.pid());
        long begin = System.nanoTime();
        try (ProcessTable processes = new ProcessTable(ProcessTableConfig.defaults());
                BpfSampleSource source = BpfSampleSource.load(config)) {
            run.processes = processes;
            TraceContexts contexts = new TraceContexts(source, config.maxProcesses(), bpfRoot);
            run.contexts = contexts;
            source.start();
            while (!run.isEnough(source, until) && System.nanoTime() - begin < LONGEST_NANOS) {
                if (until != Until.RING_FULL || !run.isKnown) {
                    source.poll(20, run);
                }
                contexts.poll();
                run.isKnown = contexts.counters().threadVariables() > 0;
            }
            source.stop();
            source.drain(run, run);
            contexts.beforeEncoding();
            run.counters = source.counters();
            run.shared = contexts.counters().sharedMaps();
        }
        assertThat(run.counters.samples())
                .isEqualTo(
                        run.counters.counted() + run.counters.traced() + run.counters.singles() + run.counters.lost());
        assertThat(run.traced).isEqualTo(run.counters.traced());
        assertThat(run.counted).isEqualTo(run.counters.counted());
        assertThat(run.singles).isEqualTo(run.counters.singles());
        assertThat(run.counters.malformed()).isZero();
        return run;
    }

    /** What came out of the kernel. */
    private static final class Run implements StackConsumer, CountConsumer {
        private final long pid;
        private final Map<String, Integer> spans = new TreeMap<>();
        private final Map<String, Integer> traces = new TreeMap<>();
        private ProcessTable processes;
        private TraceContexts contexts;
        private SampleCounters counters = SampleCounters.NONE;
        private boolean isKnown;
        private long shared;
        private long traced;
        private long counted;
        private long singles;
        private long ofTarget;
        private long countedOfTarget;
        private long bodies;

        Run(long pid) {
            this.pid = pid;
        }

        @Override
        public void stack(RawStack stack) {
            singles += stack.isSingle() ? 1 : 0;
            if (stack.tgid() == pid) {
                bodies++;
                contexts.published()
                        .met(processes.lookup(
                                stack.tgid(),
                                stack.startBoottimeNanos(),
                                stack.execId(),
                                stack.comm(),
                                stack.cgroupId()));
            }
        }

        @Override
        public void traced(TracedSample sample) {
            traced++;
            if (sample.tgid() == pid) {
                ofTarget++;
                spans.merge(HexFormat.of().formatHex(sample.spanId()), 1, Integer::sum);
                traces.merge(HexFormat.of().formatHex(sample.traceId()), 1, Integer::sum);
            }
        }

        @Override
        public void count(long hash, int tgid, Event event, long samples) {
            counted += samples;
            countedOfTarget += tgid == pid ? samples : 0;
        }

        boolean isEnough(BpfSampleSource source, Until until) {
            return switch (until) {
                case TRACED -> ofTarget >= ENOUGH;
                case SAMPLED -> bodies > 0 && source.counters().samples() > 20 * ENOUGH;
                case RING_FULL -> source.counters().contexts().untraced() > ENOUGH;
            };
        }
    }
}
