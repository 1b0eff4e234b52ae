package io.stackhouse.agent.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stackhouse.agent.testing.CProgram;
import io.stackhouse.agent.testing.KernelTests;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Memory growth as the kernel's side gives it, of a program that touches a known number of pages. */
class PageFaultsIT {
    private static final int PERIOD = 16;
    private static final int PAGES = 1 << 16;
    private static final long LONGEST_SECONDS = 60;

    @TempDir
    static Path folder;

    private static CProgram grower;

    @BeforeAll
    static void build() throws Exception {
        KernelTests.requireRoot();
        grower = CProgram.build(folder, "grower", Files.readString(Path.of("src/test/c/grower.c")));
    }

    @ParameterizedTest
    @EnumSource
    void givesEachFunctionThePagesThatItTouched(Aggregation aggregation) throws Exception {
        FunctionSums sums = new FunctionSums(Event.PAGE_FAULT, grower);
        SamplerConfig config =
                new SamplerConfig(19, aggregation, 1 << 21, 1 << 15, 1 << 14, 1024).with(new MoreEvents(PERIOD, 0));
        try (BpfSampleSource source = BpfSampleSource.load(config)) {
            source.start();
            Process process = new ProcessBuilder(grower.executable().toString(), Integer.toString(PAGES)).start();
            sums.follow(process.pid());
            long begin = System.nanoTime();
            while (process.isAlive() && System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(LONGEST_SECONDS)) {
                source.poll(20, sums);
            }
            assertThat(process.waitFor()).isZero();
            source.stop();
            source.drain(sums, sums);
            SampleCounters counters = source.counters(Event.PAGE_FAULT);

            assertThat(counters.samples()).isEqualTo(counters.counted() + counters.singles() + counters.lost());
            assertThat(sums.counted()).isEqualTo(counters.counted());
            assertThat(sums.singles()).isEqualTo(counters.singles());
            assertThat(counters.lost()).isZero();
            assertThat(source.counters(Event.OFF_CPU)).isEqualTo(SampleCounters.NONE);
        }
        assertPages(sums, "little", PAGES / 4);
        assertPages(sums, "much", 3 * PAGES / 4);
        assertThat(sums.withoutBody()).isZero();
    }

    /** One fault in so many is taken: their number is binomial. */
    private static void assertPages(FunctionSums sums, String function, double pages) {
        double standardError = Math.sqrt(pages * PERIOD * (1 - 1.0 / PERIOD));
        System.out.printf("%s: %.0f pages touched, %.0f by samples%n", function, pages, sums.in(function) * PERIOD);
        assertThat(sums.in(function) * PERIOD).isCloseTo(pages, within(5 * standardError));
    }
}
