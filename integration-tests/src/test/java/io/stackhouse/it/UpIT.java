package io.stackhouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.agent.libbpf.LoadedPrograms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ./stackhouse up} as a user runs it: it shows real functions, and leaves nothing behind however it ends. */
class UpIT {
    private static final Pattern READY = Pattern.compile("(clickhouse|collector|agent) +ready in .* s, pid (\\d+)");

    @TempDir
    Path folder;

    @BeforeEach
    void needsRoot() {
        Requirement.root();
    }

    @Test
    void showsTheHottestFunctionsAndKeepsTheData() throws Exception {
        Path burn = Target.compile(ProjectFiles.root().resolve("integration-tests/src/test/c/burn.c"), folder);
        try (Target target = Target.start("it-up", List.of(burn.toString(), "9000", "wait"))) {
            Run run = start("--for", "12s");
            assertThat(run.process.waitFor(90, TimeUnit.SECONDS)).isTrue();
            target.awaitLine();

            assertThat(run.process.exitValue()).as(run.output()).isZero();
            assertThat(run.output()).containsPattern("it-up +burn_seventy +[0-9.]+ +[0-9.]+");
            run.assertNothingIsLeft();
        }
        assertThat(Double.parseDouble(countAfterRestart())).isGreaterThan(1e9);
    }

    @Test
    void leavesNothingBehindAfterSigterm() throws Exception {
        Run run = start();
        run.awaitReady();

        signal("TERM", run.process.pid());

        assertThat(run.process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(run.process.exitValue()).isEqualTo(143);
        run.assertNothingIsLeft();
    }

    @Test
    void leavesNothingBehindAfterKillOfTheLauncher() throws Exception {
        Run run = start();
        run.awaitReady();

        signal("KILL", run.process.pid());

        assertThat(run.process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        run.assertNothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {"clickhouse", "collector", "agent"})
    void leavesNothingBehindAfterKillOfAPart(String part) throws Exception {
        Run run = start();
        Map<String, Long> pids = run.awaitReady();

        signal("KILL", pids.get(part));

        assertThat(run.process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(run.process.exitValue()).isEqualTo(1);
        assertThat(run.output()).contains("everything was stopped, because").contains(part);
        run.assertNothingIsLeft();
    }

    /** What `./stackhouse sql` says of the data after a new start of ClickHouse alone. */
    private String countAfterRestart() throws Exception {
        Part clickHouse = Part.start(
                        launcher(
                                "clickhouse",
                                "--data",
                                folder.resolve("data").toString(),
                                "--http-port",
                                "0",
                                "--tcp-port",
                                "0",
                                "--exit-with-stdin"),
                        Map.of("STACKHOUSE_NO_SETUP", "1"),
                        folder.resolve("clickhouse-again.log"))
                .awaitOutput("ready");
        try (clickHouse) {
            Part sql = Part.start(
                    launcher(
                            "sql",
                            "--data",
                            folder.resolve("data").toString(),
                            "SELECT sum(Value) FROM otel_profiles_samples WHERE ServiceName = 'it-up'"),
                    Map.of("STACKHOUSE_NO_SETUP", "1"),
                    folder.resolve("sql.log"));
            assertThat(sql.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(sql.process().exitValue()).as(sql.output()).isZero();
            return sql.output().strip();
        }
    }

    private Run start(String... options) throws IOException {
        int[] ports = Deployment.freePorts(6);
        List<String> arguments =
                new ArrayList<>(List.of("up", "--data", folder.resolve("data").toString(), "--interval", "2s"));
        String[] names = {
            "--http-port", "--tcp-port", "--otlp-port", "--otlp-http-port", "--metrics-port", "--agent-metrics-port"
        };
        for (int i = 0; i < names.length; i++) {
            arguments.add(names[i]);
            arguments.add(Integer.toString(ports[i]));
        }
        arguments.addAll(List.of(options));
        Path log = folder.resolve("up.log");
        ProcessBuilder builder = new ProcessBuilder(launcher(arguments.toArray(String[]::new)))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("STACKHOUSE_NO_SETUP", "1");
        return new Run(builder.start(), log);
    }

    private static List<String> launcher(String... arguments) {
        return Stream.concat(Stream.of(ProjectFiles.root().resolve("stackhouse").toString()), Stream.of(arguments))
                .toList();
    }

    private static void signal(String name, long pid) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                        .start()
                        .waitFor())
                .isZero();
    }

    /** One run of the launcher. */
    private static final class Run {
        final Process process;
        private final Path log;
        private Map<String, Long> pids = Map.of();
        private Set<Integer> programs = Set.of();

        Run(Process process, Path log) {
            this.process = process;
            this.log = log;
        }

        String output() {
            try {
                return Files.readString(log);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        Map<String, Long> awaitReady() {
            Awaitility.await("three parts").atMost(Duration.ofSeconds(60)).until(() -> {
                assertThat(process.isAlive()).as(output()).isTrue();
                return readPids().size() == 3;
            });
            pids = readPids();
            programs = heldBy(pids.get("agent"));
            assertThat(programs).as("the agent's BPF programs").isNotEmpty();
            return pids;
        }

        private static Set<Integer> heldBy(long pid) {
            try {
                return LoadedPrograms.heldBy(pid);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private Map<String, Long> readPids() {
            Map<String, Long> found = new HashMap<>();
            Matcher matcher = READY.matcher(output());
            while (matcher.find()) {
                found.put(matcher.group(1), Long.parseLong(matcher.group(2)));
            }
            return found;
        }

        void assertNothingIsLeft() {
            if (pids.isEmpty()) {
                pids = readPids();
            }
            Awaitility.await("the end of " + pids)
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> pids.values().stream().noneMatch(pid -> Files.exists(Path.of("/proc/" + pid))));
            Awaitility.await("the end of the BPF programs " + programs)
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> programs.stream().noneMatch(LoadedPrograms::isLoaded));
        }
    }
}
