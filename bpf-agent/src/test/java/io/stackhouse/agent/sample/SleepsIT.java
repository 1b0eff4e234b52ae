package io.stackhouse.agent.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stackhouse.agent.libbpf.LoadedPrograms;
import io.stackhouse.agent.testing.CProgram;
import io.stackhouse.agent.testing.KernelTests;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Time off the CPU as the kernel's side gives it, against the clock of the program that slept. */
class SleepsIT {
    private static final int VERIFIER_BUDGET = 25_000;
    private static final long LONGEST_SECONDS = 60;

    @TempDir
    static Path folder;

    private static CProgram sleeper;

    @BeforeAll
    static void build() throws Exception {
        KernelTests.requireRoot();
        sleeper = CProgram.build(folder, "sleeper", Files.readString(Path.of("src/test/c/sleeper.c")));
    }

    @Test
    void givesEachFunctionItsTimeWhenEverySleepIsDrawn() throws Exception {
        Run run = new Run(10_000, SleepDraw.CERTAIN).of("2", "60", "5000");

        print(run, "brief", run.briefNanos, 0);
        print(run, "lengthy", run.lengthyNanos, 0);
        // Both measure the same sleeps; the program's clock also has the way into the kernel and back.
        assertThat(run.sums.in("brief")).isCloseTo(run.briefNanos, within(0.05 * run.briefNanos));
        assertThat(run.sums.in("lengthy")).isCloseTo(run.lengthyNanos, within(0.05 * run.lengthyNanos));
        assertThat(run.sums.in("burn")).isZero();
        assertThat(run.sums.withoutBody()).isZero();
        assertThat(run.counters.lost()).isZero();
    }

    @Test
    void givesEachFunctionItsTimeWhenFewSleepsAreDrawn() throws Exception {
        int perSecond = 50;
        Run run = new Run(perSecond, SleepDraw.CERTAIN >>> 5).of("4", "2500", "300");

        // Of 20,000 sleeps.
        assertThat(run.sums.samples()).isBetween(100L, 5_000L);
        assertThat(run.chanceMillionths).isPositive();
        assertWithin5StandardErrors(run, "brief", run.briefNanos);
        assertWithin5StandardErrors(run, "lengthy", run.lengthyNanos);
        assertThat(run.sums.in("burn")).isZero();
    }

    @Test
    void halvesTheChanceByItselfInABurst() throws Exception {
        int perSecond = 10;
        Run run = new Run(perSecond, SleepDraw.CERTAIN).of("4", "300", "200");

        // 2,400 sleeps and those of the whole machine, each of which would have been drawn.
        assertThat(run.sums.samples()).isLessThan(1_200);
        assertWithin5StandardErrors(run, "lengthy", run.lengthyNanos);
    }

    @Test
    void countsWhatFindsNoRoom() throws Exception {
        Run run = new Run(new MoreEvents(0, 10_000, 16), SleepDraw.CERTAIN).of("40", "20", "5000");

        assertThat(run.counters.lost()).isPositive();
    }

    @Test
    void isNotThereUnlessItIsAskedFor() throws Exception {
        SamplerConfig config = config(MoreEvents.NONE);
        try (BpfSampleSource source = BpfSampleSource.load(config)) {
            assertThat(LoadedPrograms.heldBy(ProcessHandle.current().pid())).hasSize(1);
            assertThat(source.sleepChanceMillionths()).isZero();
        }
        try (BpfSampleSource source = BpfSampleSource.load(config.with(new MoreEvents(256, 20)))) {
            assertThat(LoadedPrograms.heldBy(ProcessHandle.current().pid())).hasSize(3);
            assertThat(source.verifiedInstructions(Event.OFF_CPU)).isBetween(100, VERIFIER_BUDGET);
            assertThat(source.verifiedInstructions(Event.PAGE_FAULT)).isBetween(100, VERIFIER_BUDGET);
        }
    }

    private static void assertWithin5StandardErrors(Run run, String function, double nanos) {
        double error = run.sums.standardErrorIn(function);
        print(run, function, nanos, error);
        assertThat(error).isPositive();
        assertThat(run.sums.in(function)).isCloseTo(nanos, within(5 * error));
    }

    private static void print(Run run, String function, double nanos, double error) {
        System.out.printf(
                "%s: %.3f s by the program's clock, %.3f by %d sleeps of both functions, standard error %.3f; chance at the end %.4f%n",
                function,
                nanos / 1e9,
                run.sums.in(function) / 1e9,
                run.sums.samples(),
                error / 1e9,
                run.chanceMillionths / 1e6);
    }

    private static SamplerConfig config(MoreEvents more) {
        return new SamplerConfig(19, Aggregation.KERNEL, 1 << 21, 1 << 15, 1 << 14, 1024).with(more);
    }

    /** One run of the program, from its start to its end. */
    private static final class Run {
        private final MoreEvents more;
        private final long odds;
        private final FunctionSums sums = new FunctionSums(Event.OFF_CPU, sleeper);
        private SampleCounters counters = SampleCounters.NONE;
        private long chanceMillionths;
        private double briefNanos;
        private double lengthyNanos;

        Run(int perSecond, long odds) {
            this(new MoreEvents(0, perSecond), odds);
        }

        Run(MoreEvents more, long odds) {
            this.more = more;
            this.odds = odds;
        }

        Run of(String threads, String rounds, String microseconds) throws Exception {
            try (BpfSampleSource source = BpfSampleSource.load(config(more))) {
                source.start();
                source.drawWith(odds);
                Process process =
                        new ProcessBuilder(sleeper.executable().toString(), threads, rounds, microseconds).start();
                sums.follow(process.pid());
                long begin = System.nanoTime();
                while (process.isAlive() && System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(LONGEST_SECONDS)) {
                    source.poll(20, sums);
                }
                if (process.isAlive()) {
                    process.destroyForcibly();
                }
                chanceMillionths = source.sleepChanceMillionths();
                source.stop();
                source.drain(sums, sums);
                counters = source.counters(Event.OFF_CPU);
                try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
                    String[] nanos = out.readLine().split(" ", -1);
                    briefNanos = Double.parseDouble(nanos[0]);
                    lengthyNanos = Double.parseDouble(nanos[1]);
                }
            }
            assertEachSleepIsInOnePlace();
            return this;
        }

        private void assertEachSleepIsInOnePlace() {
            assertThat(counters.samples()).isGreaterThanOrEqualTo(counters.singles() + counters.lost());
            assertThat(sums.ended()).isEqualTo(counters.singles());
            assertThat(counters.traced()).isZero();
            assertThat(counters.malformed()).isZero();
        }
    }
}
