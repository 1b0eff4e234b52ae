package io.stackhouse.agent.unwind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stackhouse.agent.elf.Needs;
import io.stackhouse.agent.sample.UnwindCounters;
import io.stackhouse.agent.testing.KernelTests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Unchanged programs, as compilers and the distribution make them, sampled all at once: their stacks reach the first frame of their threads. */
class UnwindIT {
    private static final int MIN_SAMPLES = 400;

    @TempDir
    static Path folder;

    private static final Map<String, Process> TARGETS = new LinkedHashMap<>();
    private static UnwindRun run;
    private static Path plain;

    @BeforeAll
    static void sampleAll() throws Exception {
        KernelTests.requireRoot();
        Needs.tool("gcc");
        Needs.tool("g++");
        plain = compile("gcc", "unwind_plain.c", "plain");
        Path stripped = folder.resolve("stripped");
        Files.copy(plain, stripped);
        List<String> unused = Needs.linesOf("strip", stripped.toString());
        start("plain", plain.toString());
        start("stripped", stripped.toString());
        start("signal", compile("gcc", "unwind_signal.c", "signals", "-pthread").toString());
        start("cxx", compile("g++", "unwind_cxx.cc", "cxx").toString());
        start("static", compile("gcc", "unwind_plain.c", "static", "-static").toString());
        start(
                "static-pie",
                compile("gcc", "unwind_plain.c", "static-pie", "-static-pie").toString());
        startIfThere("python3", "/usr/bin/python3", "-c", "while True: sorted([str(i) for i in range(2000)])");
        startIfThere("openssl", "/usr/bin/openssl", "speed", "-seconds", "60", "sha256", "rsa2048");
        startIfThere("dd", "/usr/bin/dd", "if=/dev/zero", "of=/dev/null", "bs=1");
        run = UnwindRun.of(TARGETS, MIN_SAMPLES);
    }

    @AfterAll
    static void stopAll() {
        TARGETS.values().forEach(Process::destroyForcibly);
    }

    @ParameterizedTest
    @CsvSource({
        "plain, 0.99",
        "stripped, 0.99",
        "signal, 0.99",
        "cxx, 0.99",
        "static, 0.99",
        "static-pie, 0.99",
        "python3, 0.98",
        "openssl, 0.98",
        "dd, 0.98"
    })
    void reachesTheFirstFrame(String target, double share) {
        KernelTests.require(TARGETS.containsKey(target), "needs " + target);
        UnwindRun.Tally tally = run.of(target);
        assertThat(tally.samples).isGreaterThanOrEqualTo(MIN_SAMPLES);
        // Tables come when they are asked for: a part of the program that begins to run late has a few samples without.
        int early = tally.ends.getOrDefault(UnwindCounters.End.TABLES_MISSING.status(), 0);
        assertThat(early / (double) tally.samples).as(target).isLessThan(0.05);
        assertThat(tally.complete / (double) (tally.samples - early))
                .as("%s: %d samples, ends %s", target, tally.samples, tally.ends)
                .isGreaterThanOrEqualTo(share);
    }

    @Test
    void givesTheSharesOfAKnownCallTree() {
        UnwindRun.Tally tally = run.of("plain");
        double total = tally.samples;
        assertThat(tally.inFunction("seventy") / total + tally.inFunction("thirty") / total)
                .isCloseTo(1, within(0.02));
        assertThat(tally.inFunction("main") / total).isGreaterThan(0.99);
        double standardError = Math.sqrt(0.30 * 0.70 / total);
        assertThat(tally.inFunction("thirty") / total).isCloseTo(0.30, within(5 * standardError));
    }

    @Test
    void namesEveryFrameOfAProgramAsNmDoes() {
        for (String target : List.of("plain", "signal", "cxx", "static", "static-pie")) {
            UnwindRun.Tally tally = run.of(target);
            assertThat(tally.wrongNames).as(target).isEmpty();
            assertThat(tally.rightNames).as(target).isGreaterThan(tally.samples);
        }
    }

    @Test
    void countsEachEndOnce() {
        assertThat(run.endsInKernel()).isEqualTo(run.samples());
        assertThat(run.tables().regions()).isPositive();
        assertThat(run.tables().chunkBytes()).isLessThan(64L << 20);
        assertThat(run.tables().regionsRefused()).isZero();
    }

    private static Path compile(String compiler, String source, String name, String... options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(compiler, "-O2", "-fomit-frame-pointer"));
        command.addAll(List.of(
                "-fno-optimize-sibling-calls", "-o", folder.resolve(name).toString()));
        command.addAll(List.of(options));
        command.add("src/test/c/" + source);
        List<String> unused = Needs.linesOf(command.toArray(String[]::new));
        return folder.resolve(name);
    }

    private static void startIfThere(String name, String... command) throws IOException {
        if (Files.isExecutable(Path.of(command[0]))) {
            start(name, command);
        }
    }

    private static void start(String name, String... command) throws IOException {
        TARGETS.put(
                name,
                new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start());
    }
}
