package io.stackhouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.it.FuzzRun.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every fuzz target under Jazzer for {@code -Dstackhouse.fuzz.seconds} each (60), {@code -Dstackhouse.fuzz.parallel} at a time (3);
 * {@code -Dstackhouse.fuzz.targets} names some of them. The seed is the same in every build ({@code -Dstackhouse.fuzz.seed}), so that
 * a build tells of its change and not of its luck; {@code scripts/fuzz.sh} runs for longer, with another seed each time.
 */
class FuzzIT {
    private static final int SECONDS = Integer.getInteger("stackhouse.fuzz.seconds", 60);
    private static final long SEED = Long.getLong("stackhouse.fuzz.seed", 1);
    private static final int PARALLEL = Integer.getInteger("stackhouse.fuzz.parallel", 3);
    private static final int PROGRESS_SECONDS = 30;
    private static final Map<FuzzTarget, Future<Result>> RUNS = new EnumMap<>(FuzzTarget.class);
    private static final ExecutorService RUNNERS = Executors.newFixedThreadPool(PARALLEL);
    private static final ScheduledExecutorService REPORTER = Executors.newSingleThreadScheduledExecutor();

    @BeforeAll
    static void begin() {
        for (FuzzTarget target : targets()) {
            FuzzRun run = new FuzzRun(target, SECONDS, SEED);
            RUNS.put(target, RUNNERS.submit(() -> {
                Future<?> reports = REPORTER.scheduleAtFixedRate(
                        () -> System.out.println("fuzzing " + run.progress()),
                        PROGRESS_SECONDS,
                        PROGRESS_SECONDS,
                        TimeUnit.SECONDS);
                try {
                    return run.run();
                } finally {
                    reports.cancel(false);
                }
            }));
        }
    }

    static List<FuzzTarget> targets() {
        return FuzzTarget.parse(System.getProperty("stackhouse.fuzz.targets", ""));
    }

    @ParameterizedTest
    @MethodSource("targets")
    void nothingBreaksTheRulesOf(FuzzTarget target) throws Exception {
        Result result = RUNS.get(target).get();

        System.out.println("fuzzed " + result.figures() + (result.finding().isEmpty() ? "" : "  FINDING"));
        assertThat(result.finding()).isEmpty();
    }

    @AfterAll
    static void end() throws Exception {
        RUNNERS.shutdownNow();
        REPORTER.shutdownNow();
        StringBuilder summary = new StringBuilder();
        for (Future<Result> run : RUNS.values()) {
            Result result = run.get();
            summary.append(result.figures())
                    .append('\n')
                    .append(result.finding().indent(4));
        }
        Path file = ProjectFiles.root().resolve("integration-tests/target/fuzz/summary.txt");
        Files.writeString(file, summary);
        System.out.println("fuzzed for " + SECONDS + " s each, " + PARALLEL + " at a time, seed " + SEED + "; also in "
                + file + "\n" + summary);
    }
}
