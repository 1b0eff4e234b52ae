package io.stackhouse.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One target under Jazzer in a process of its own, which has a small heap; in {@code target/fuzz/NAME} lie its log, its corpus,
 * which the next run goes on with, and what broke the target. One thread runs it, any may ask for {@link #progress}.
 */
final class FuzzRun {
    private static final Pattern COVERAGE = Pattern.compile("cov: (\\d+) ft: (\\d+) corp: (\\d+)/");
    private static final Pattern PULSE = Pattern.compile("^#(\\d+)\\s.*exec/s: (\\d+)", Pattern.MULTILINE);
    private static final int MAX_HEAP_MIB = 512;
    private static final int MAX_RESIDENT_MIB = 2048;
    /** Beyond this by the clock a unit hangs; the targets themselves bound its processor time to one second. */
    private static final int HANG_SECONDS = 60;

    private final FuzzTarget target;
    private final int seconds;
    private final long seed;
    private final Path folder;
    private final Path log;

    FuzzRun(FuzzTarget target, int seconds, long seed) {
        this.target = target;
        this.seconds = seconds;
        this.seed = seed;
        this.folder = ProjectFiles.root().resolve("integration-tests/target/fuzz/" + target);
        this.log = folder.resolve("log.txt");
    }

    /**
     * How a run ended.
     *
     * @param finding what broke the target and where the input lies; empty when nothing did
     */
    record Result(FuzzTarget target, String finding, String figures) {}

    /** Runs to the end of the time, or to the first finding. */
    Result run() throws IOException, InterruptedException {
        Files.createDirectories(folder.resolve("corpus"));
        removeOldFindings();
        Process jazzer = new ProcessBuilder(command())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            jazzer.getOutputStream().close();
            if (!jazzer.waitFor(seconds + 300L, TimeUnit.SECONDS)) {
                return new Result(target, "Jazzer did not end within 5 minutes after its time; see " + log, progress());
            }
        } finally {
            jazzer.destroyForcibly();
        }
        return new Result(target, finding(jazzer.exitValue()), figures());
    }

    private List<String> command() {
        String maxHeap = "-Xmx" + MAX_HEAP_MIB + "m";
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                maxHeap,
                "-XX:+UseSerialGC",
                "-XX:+EnableDynamicAgentLoading",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target.className,
                "--instrumentation_includes=io.stackhouse.**",
                // Its hook on Unsafe fails on a call of Netty's; hooks have no business outside our code.
                "--custom_hook_includes=io.stackhouse.**",
                "--instrumentation_excludes=io.stackhouse.pipeline.testing.**:io.stackhouse.pipeline.fuzz.**",
                "--reproducer_path=" + folder,
                "-seed=" + seed,
                "-max_total_time=" + seconds,
                "-timeout=" + HANG_SECONDS,
                "-rss_limit_mb=" + MAX_RESIDENT_MIB,
                "-print_final_stats=1",
                "-artifact_prefix=" + folder + "/",
                folder.resolve("corpus").toString(),
                target.inputs().toString()));
        if (Files.exists(target.words())) {
            command.add("-dict=" + target.words());
        }
        return command;
    }

    /** Empty when Jazzer ended well; else the exception, and the path of the input. */
    private String finding(int exitCode) throws IOException {
        Optional<Path> input = findings().stream().findFirst();
        if (exitCode == 0 && input.isEmpty()) {
            return "";
        }
        String text = Files.readString(log);
        int from = Math.max(0, text.indexOf("\n== "));
        String what = text.substring(from, Math.min(text.length(), from + 4000));
        return "Jazzer ended with " + exitCode + ":" + what + "\nthe input: "
                + input.map(this::keep).map(Path::toString).orElse("none was written") + "\nthe log: " + log;
    }

    /** Puts the input into the tree when the run was asked to, so that it becomes a regression test. */
    private Path keep(Path input) {
        if (!Boolean.getBoolean("stackhouse.fuzz.keep")) {
            return input;
        }
        String name = input.getFileName().toString();
        String digest = name.substring(name.lastIndexOf('-') + 1);
        Path kept = target.inputs().resolve("finding-" + digest.substring(0, Math.min(12, digest.length())));
        try {
            return Files.copy(input, kept, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Path> findings() throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches("(crash|timeout|oom|leak)-[0-9a-f]+"))
                    .toList();
        }
    }

    private void removeOldFindings() throws IOException {
        for (Path old : findings()) {
            Files.delete(old);
        }
    }

    /** How far it is, in one line. */
    String progress() {
        String text = log();
        String coverage = last(COVERAGE, text)
                .map(found -> found.group(1) + " edges, " + found.group(3) + " inputs kept")
                .orElse("starting");
        String pulse = last(PULSE, text)
                .map(found -> found.group(1) + " executions, " + found.group(2) + "/s, ")
                .orElse("");
        return target + ": " + pulse + coverage;
    }

    private String figures() {
        String text = log();
        Optional<Matcher> coverage = last(COVERAGE, text);
        return "%-15s %10s executions %6s/s  %5s edges %6s features %5s inputs  slowest %s s  peak %s MiB resident"
                .formatted(
                        target,
                        statistic(text, "number_of_executed_units"),
                        statistic(text, "average_exec_per_sec"),
                        coverage.map(found -> found.group(1)).orElse("?"),
                        coverage.map(found -> found.group(2)).orElse("?"),
                        coverage.map(found -> found.group(3)).orElse("?"),
                        statistic(text, "slowest_unit_time_sec"),
                        statistic(text, "peak_rss_mb"));
    }

    private String log() {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String statistic(String text, String name) {
        return last(Pattern.compile("stat::" + name + ":\\s+(\\d+)"), text)
                .map(found -> found.group(1))
                .orElse("?");
    }

    private static Optional<Matcher> last(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        int end = -1;
        while (matcher.find()) {
            end = matcher.start();
        }
        return end >= 0 && matcher.find(end) ? Optional.of(matcher) : Optional.empty();
    }
}
