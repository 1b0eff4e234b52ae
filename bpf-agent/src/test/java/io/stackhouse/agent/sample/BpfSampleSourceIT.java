package io.stackhouse.agent.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.stackhouse.agent.libbpf.LoadedPrograms;
import io.stackhouse.agent.testing.CProgram;
import io.stackhouse.agent.testing.CpuSeconds;
import io.stackhouse.agent.testing.KernelTests;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BpfSampleSourceIT {
    private static final int HERTZ = 997;
    private static final double BURN_SECONDS = 2.5;
    private static final int VERIFIER_BUDGET = 25_000;

    @TempDir
    static Path folder;

    private static CProgram burner;
    private static Process burning;

    @BeforeAll
    static void startBurner() throws Exception {
        KernelTests.requireRoot();
        burner = CProgram.build(folder, "burner", CProgram.BURNER);
        burning = burner.start();
    }

    @AfterAll
    static void stopBurner() {
        if (burning != null) {
            burning.destroyForcibly();
        }
    }

    @Test
    void seesTheSharesOfFunctionsAndTheWholeCpuTime() throws Exception {
        Tally tally = new Tally(burning.pid());
        double cpuSeconds = sample(config(Aggregation.KERNEL, 1 << 20, 1 << 16, 1 << 16), tally, true);

        double total = tally.samplesOfTarget();
        assertThat(total * tally.periodSeconds).isCloseTo(cpuSeconds, within(0.05 * cpuSeconds));
        assertThat(tally.inFunction("seventy") / total).isCloseTo(0.70, within(0.05));
        assertThat(tally.inFunction("thirty") / total).isCloseTo(0.30, within(0.05));
        assertThat(tally.withoutBody).isZero();
        assertThat(tally.counters.lost()).isZero();
        assertThat(tally.counters.singles()).isZero();
        assertThat(tally.bodiesOfTarget).isLessThan((long) total / 2);
        assertThat(tally.counters.runNanos()).isPositive();
    }

    @Test
    void givesTheSameTotalsWithoutAggregation() throws Exception {
        Tally tally = new Tally(burning.pid());
        double cpuSeconds = sample(config(Aggregation.NONE, 1 << 20, 1 << 16, 1 << 16), tally, true);

        double total = tally.samplesOfTarget();
        assertThat(total * tally.periodSeconds).isCloseTo(cpuSeconds, within(0.05 * cpuSeconds));
        assertThat(tally.inFunction("seventy") / total).isCloseTo(0.70, within(0.05));
        assertThat(tally.counters.counted()).isZero();
    }

    @Test
    void sendsSamplesOneByOneWhenTheCountsAreFull() throws Exception {
        Tally tally = new Tally(burning.pid());
        double cpuSeconds = sample(config(Aggregation.KERNEL, 1 << 20, 8192, 1), tally, true);

        double total = tally.samplesOfTarget();
        assertThat(total * tally.periodSeconds).isCloseTo(cpuSeconds, within(0.05 * cpuSeconds));
        assertThat(tally.inFunction("seventy") / total).isCloseTo(0.70, within(0.05));
        assertThat(tally.counters.countsFull()).isPositive();
        assertThat(tally.singles).isPositive();
        assertThat(tally.counters.lost()).isZero();
    }

    @Test
    void sendsABodyAgainWhenItCannotRememberIt() throws Exception {
        Tally tally = new Tally(burning.pid());
        double cpuSeconds = sample(config(Aggregation.KERNEL, 1 << 20, 1, 1 << 16), tally, true);

        assertThat(tally.samplesOfTarget() * tally.periodSeconds).isCloseTo(cpuSeconds, within(0.05 * cpuSeconds));
        assertThat(tally.counters.seenFull()).isPositive();
        assertThat(tally.counters.lost()).isZero();
    }

    @Test
    void keepsTheTotalsWhenTheRingWasFull() throws Exception {
        Tally tally = new Tally(burning.pid());
        double cpuSeconds = sample(config(Aggregation.KERNEL, 4096, 8192, 1 << 17), tally, false);

        assertThat(tally.samplesOfTarget() * tally.periodSeconds).isCloseTo(cpuSeconds, within(0.05 * cpuSeconds));
        assertThat(tally.counters.ringFull()).isPositive();
        assertThat(tally.withoutBody).isPositive();
        assertThat(tally.counters.lost()).isZero();
    }

    @Test
    void countsWhatIsLostWhenEverythingIsFull() throws Exception {
        Tally tally = new Tally(burning.pid());
        sample(config(Aggregation.KERNEL, 4096, 8192, 1), tally, false);

        assertThat(tally.counters.lost()).isPositive();
    }

    @Test
    void sendsAForgottenBodyAgain() throws Exception {
        Tally tally = new Tally(burning.pid());
        try (BpfSampleSource source = BpfSampleSource.load(config(Aggregation.KERNEL, 1 << 20, 1 << 16, 1 << 16))) {
            source.start();
            await().until(() -> {
                source.poll(10, tally);
                return !tally.bodies.isEmpty();
            });
            long hash = tally.bodies.keySet().iterator().next();
            tally.bodies.clear();
            source.forget(hash);
            await().until(() -> {
                source.poll(10, tally);
                return tally.bodies.containsKey(hash);
            });
        }
    }

    @Test
    void leavesNothingInTheKernelAfterClose() throws Exception {
        Set<Integer> own;
        try (BpfSampleSource source = BpfSampleSource.load(config(Aggregation.KERNEL, 1 << 19, 1024, 1024))) {
            source.start();
            own = LoadedPrograms.heldBy(ProcessHandle.current().pid());
            assertThat(own).hasSize(1).allMatch(LoadedPrograms::isLoaded);
        }
        await().until(() -> own.stream().noneMatch(LoadedPrograms::isLoaded));
        assertThat(LoadedPrograms.heldBy(ProcessHandle.current().pid())).isEmpty();
    }

    @Test
    void leavesNothingInTheKernelAfterKill() throws Exception {
        Process holder = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        SourceHolder.class.getName())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader out = holder.inputReader(StandardCharsets.UTF_8)) {
            awaitLine(out, "sampling");
            Set<Integer> ids = LoadedPrograms.heldBy(holder.pid());
            assertThat(ids).isNotEmpty().allMatch(LoadedPrograms::isLoaded);

            holder.destroyForcibly().waitFor();
            await().atMost(Duration.ofSeconds(20)).until(() -> ids.stream().noneMatch(LoadedPrograms::isLoaded));
        } finally {
            holder.destroyForcibly();
        }
    }

    @Test
    void staysWithinItsBudgetOfVerifiedInstructions() {
        try (BpfSampleSource source = BpfSampleSource.load(config(Aggregation.KERNEL, 1 << 19, 1024, 1024))) {
            assertThat(source.verifiedInstructions(Event.CPU)).isBetween(100, VERIFIER_BUDGET);
            assertThat(source.mapBytes()).isGreaterThan(1 << 19);
        }
    }

    private static SamplerConfig config(Aggregation aggregation, int ringBytes, int maxStacks, int maxCounts) {
        return new SamplerConfig(HERTZ, aggregation, ringBytes, maxStacks, maxCounts, 1024);
    }

    /** Samples until the burner has used its CPU time, and gives that time. */
    private static double sample(SamplerConfig config, Tally tally, boolean polling) throws IOException {
        try (BpfSampleSource source = BpfSampleSource.load(config)) {
            tally.periodSeconds = source.periods().cpuNanos() / 1e9;
            double before = CpuSeconds.of(burning.pid());
            source.start();
            int polls = 0;
            while (CpuSeconds.of(burning.pid()) - before < BURN_SECONDS) {
                if (polling) {
                    source.poll(50, tally);
                    if (++polls % 10 == 0) {
                        source.drain(tally, tally);
                    }
                } else {
                    Thread.onSpinWait();
                }
            }
            double used = CpuSeconds.of(burning.pid()) - before;
            source.stop();
            source.drain(tally, tally);
            tally.counters = source.counters();
            assertEverySampleIsInOnePlace(tally);
            return used;
        }
    }

    private static void assertEverySampleIsInOnePlace(Tally tally) {
        SampleCounters counters = tally.counters;
        assertThat(counters.samples()).isEqualTo(counters.counted() + counters.singles() + counters.lost());
        assertThat(tally.counted).isEqualTo(counters.counted());
        assertThat(tally.singles).isEqualTo(counters.singles());
        assertThat(counters.malformed()).isZero();
    }

    private static void awaitLine(BufferedReader out, String wanted) throws IOException {
        String line = out.readLine();
        assertThat(line).isEqualTo(wanted);
    }

    /** What the tests know of the burner's stacks. */
    private static final class Tally implements StackConsumer, CountConsumer {
        private final long target;
        private final Map<Long, Body> bodies = new HashMap<>();
        private final Map<Long, Long> samples = new HashMap<>();
        private final Set<Long> unknown = new HashSet<>();
        private double periodSeconds;
        private long singles;
        private long counted;
        private long bodiesOfTarget;
        private long withoutBody;
        private long samplesWithoutBody;
        private SampleCounters counters = SampleCounters.NONE;

        Tally(long target) {
            this.target = target;
        }

        @Override
        public void stack(RawStack stack) {
            if (stack.isSingle()) {
                singles++;
            }
            if (stack.tgid() != target) {
                return;
            }
            bodiesOfTarget++;
            bodies.put(stack.hash(), new Body(stack));
            if (stack.isSingle()) {
                samples.merge(stack.hash(), 1L, Long::sum);
            }
        }

        @Override
        public void count(long hash, int tgid, Event event, long count) {
            counted += count;
            if (tgid != target) {
                return;
            }
            if (bodies.containsKey(hash)) {
                samples.merge(hash, count, Long::sum);
            } else if (unknown.add(hash)) {
                withoutBody++;
                samplesWithoutBody += count;
            } else {
                samplesWithoutBody += count;
            }
        }

        double samplesOfTarget() {
            return samplesWithoutBody
                    + samples.values().stream().mapToLong(l -> l).sum();
        }

        double inFunction(String function) {
            return samples.entrySet().stream()
                    .filter(e -> bodies.get(e.getKey()).passes(function))
                    .mapToLong(Map.Entry::getValue)
                    .sum();
        }
    }

    private static final class Body {
        private final long[] userIps;

        Body(RawStack stack) {
            assertThat(stack.comm()).isEqualTo("burner");
            userIps = Arrays.copyOf(stack.userIps(), stack.userCount());
        }

        boolean passes(String function) {
            for (long ip : userIps) {
                if (burner.holds(function, ip)) {
                    return true;
                }
            }
            return false;
        }
    }
}
