package io.stackhouse.clickhouse.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program's ends, seen from outside. */
final class ServerProcessIT {

    private static final int SIGTERM_EXIT = 143;

    @TempDir
    private Path data;

    private final List<Process> started = new ArrayList<>();

    @BeforeEach
    void requireEngine() {
        assumeTrue(
                EmbeddedClickHouse.isAvailable(),
                () -> EmbeddedClickHouse.unavailableReason().orElseThrow());
    }

    @AfterEach
    void endProcesses() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void endsOnSigtermThoughAClientIsConnectedAndKeepsItsRows() throws Exception {
        Process server = start();
        String ready = readyLine(server);
        URI endpoint = URI.create(ready.split(" ", -1)[1]);
        Query.run(endpoint, "CREATE TABLE default.r (n UInt64) ENGINE = MergeTree ORDER BY n");
        Query.run(endpoint, "INSERT INTO default.r SELECT number FROM numbers(1000)");

        server.destroy();

        assertThat(server.waitFor(15, TimeUnit.SECONDS)).isTrue();
        assertThat(server.exitValue()).isEqualTo(SIGTERM_EXIT);
        assertThat(data.resolve("clickhouse-endpoint")).doesNotExist();
        try (EmbeddedClickHouse again = EmbeddedClickHouse.start(data)) {
            assertThat(Query.run(again.endpoint(), "SELECT count() FROM default.r"))
                    .isEqualTo("1000");
        }
    }

    @Test
    void runsOnAtTheEndOfItsInputUnlessAskedToEndWithIt() throws Exception {
        Process server = start();
        URI endpoint = URI.create(readyLine(server).split(" ", -1)[1]);

        server.getOutputStream().close();

        assertThat(Query.run(endpoint, "SELECT 1")).isEqualTo("1");
        assertThat(server.isAlive()).isTrue();
    }

    @Test
    void endsWithExitCodeZeroWhenItsInputEndsThoughAClientIsConnected() throws Exception {
        Process server = start("--exit-with-stdin");
        URI endpoint = URI.create(readyLine(server).split(" ", -1)[1]);
        assertThat(Query.run(endpoint, "SELECT 1")).isEqualTo("1");

        server.getOutputStream().close();

        assertThat(server.waitFor(15, TimeUnit.SECONDS)).isTrue();
        assertThat(server.exitValue()).isZero();
    }

    @Test
    void endsWhenThePrecedingProcessIsKilled() throws Exception {
        Process parent = launch(List.of(ParentProcess.class.getName(), data.toString()));
        BufferedReader output = reader(parent);
        long serverPid = Long.parseLong(output.readLine());
        ProcessHandle server = ProcessHandle.of(serverPid).orElseThrow();
        assertThat(server.isAlive()).isTrue();

        parent.destroyForcibly().waitFor();

        Awaitility.await().atMost(Duration.ofSeconds(15)).until(() -> !server.isAlive());
        assertThat(data.resolve("clickhouse-endpoint")).doesNotExist();
    }

    @Test
    void refusesPortsThatDoNotExist() throws Exception {
        Process server = start("--http-port", "70000");
        assertThat(new String(server.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("--http-port is 70000; it must be 0 to 65535");
        assertThat(server.waitFor()).isEqualTo(2);
    }

    private Process start(String... options) throws IOException {
        List<String> all = new ArrayList<>(List.of("--data", data.toString(), "--tcp-port", "0"));
        if (!List.of(options).contains("--http-port")) {
            all.addAll(List.of("--http-port", "0"));
        }
        all.addAll(List.of(options));
        Path library = LibraryLocation.find().orElseThrow();
        Process process = new ProcessBuilder(ChildCommand.of(library, all))
                .redirectErrorStream(true)
                .start();
        started.add(process);
        return process;
    }

    private Process launch(List<String> mainAndArguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(mainAndArguments);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        started.add(process);
        return process;
    }

    private static BufferedReader reader(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    private static String readyLine(Process process) throws IOException {
        BufferedReader output = reader(process);
        String line = output.readLine();
        assertThat(line).matches("ready http://127\\.0\\.0\\.1:\\d+ native 127\\.0\\.0\\.1:\\d+");
        return line;
    }
}
