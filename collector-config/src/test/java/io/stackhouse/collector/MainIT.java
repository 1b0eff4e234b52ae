package io.stackhouse.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program as a process of its own. */
@Timeout(120)
class MainIT {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Pattern READY = Pattern.compile("collector is ready: otlp http 127\\.0\\.0\\.1:(\\d+)");
    private static final String YAML = """
            receivers:
              otlp: {protocols: {http: {endpoint: "127.0.0.1:0"}}}
            exporters:
              collecting:
            service:
              telemetry: {metrics: {address: "127.0.0.1:%d"}}
              pipelines:
                traces: {receivers: [otlp], exporters: [collecting]}
            """;

    @TempDir
    Path folder;

    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void endProcesses() {
        processes.forEach(Process::destroyForcibly);
    }

    private Process start(String... arguments) throws IOException {
        return startWithHangUp("default", arguments);
    }

    /** @param hangUp what the process shall do at SIGHUP: {@code default}, or {@code ignore}, which is what a build under nohup would hand on */
    private Process startWithHangUp(String hangUp, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "env",
                "--" + hangUp + "-signal=HUP",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "io.stackhouse.collector.Main"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(folder.resolve("stderr").toFile())
                .redirectOutput(folder.resolve("stdout").toFile())
                .start();
        processes.add(process);
        return process;
    }

    private String stderr() throws IOException {
        return Files.readString(folder.resolve("stderr"));
    }

    private int awaitPort(Process process) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> !process.isAlive() || READY.matcher(stderr()).find());
        try {
            Matcher ready = READY.matcher(stderr());
            assertThat(ready.find()).as("ready line in: %s", stderr()).isTrue();
            return Integer.parseInt(ready.group(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int exitCode(Process process) throws InterruptedException {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ends in time").isTrue();
        return process.exitValue();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private String config(int metricsPort) throws IOException {
        return Files.writeString(folder.resolve("c.yaml"), YAML.formatted(metricsPort))
                .toString();
    }

    @Test
    void takesRequestsServesItsMetricsAndDrainsOnSigterm() throws Exception {
        int metricsPort = freePort();
        Process process = start("run", "--config", config(metricsPort));
        int port = awaitPort(process);
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/traces"))
                .header("Content-Type", "application/x-protobuf")
                .POST(BodyPublishers.ofByteArray(OneSpan.REQUEST))
                .build();
        assertThat(CLIENT.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
        String metrics = CLIENT.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + metricsPort + "/metrics"))
                                .build(),
                        BodyHandlers.ofString())
                .body();
        assertThat(metrics.lines())
                .anyMatch(line -> line.startsWith("otelcol_receiver_accepted_spans_total{")
                        && line.contains("receiver=\"otlp\"")
                        && line.contains("transport=\"http\"")
                        && line.endsWith(" 1.0"))
                .anyMatch(line -> line.startsWith("otelcol_process_memory_rss "))
                .anyMatch(line -> line.startsWith("otelcol_journal_bytes{pipeline=\"traces\",storage=\"memory\"} "));
        process.destroy();
        assertThat(exitCode(process)).isEqualTo(143);
        assertThat(stderr()).contains("The collector has stopped").doesNotContain("ERROR");
    }

    private static String metrics(int port) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + port + "/metrics");
        return CLIENT.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
    }

    @Test
    void reloadsAtSighupAndGoesOnWithTheOldOneWhenTheNewOneIsWrong() throws Exception {
        int metricsPort = freePort();
        Path file = Path.of(config(metricsPort));
        String good = Files.readString(file);
        Process process = start("run", "--config", file.toString());
        int port = awaitPort(process);
        Files.writeString(file, good.replace("collecting:", "collecting: {name: x, failure: ''}"));
        hangUp(process);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> stderr().contains("The new configuration is in use: otlp http 127.0.0.1:" + port));
        Files.writeString(file, good.replace("collecting:", "collecting: {nme: x}"));
        hangUp(process);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> stderr().contains("The new configuration can't be used, the old one goes on: " + file
                        + ":4:16: exporters::collecting::nme: unknown key; did you mean 'name'?"));
        assertThat(metrics(metricsPort).lines())
                .contains(
                        "stackhouse_config_reloads_total{outcome=\"applied\"} 1.0",
                        "stackhouse_config_reloads_total{outcome=\"failed\"} 1.0");
        process.destroy();
        assertThat(exitCode(process)).isEqualTo(143);
    }

    @Test
    void saysThatSighupIsIgnoredWhereItWasStartedSo() throws Exception {
        Process process = startWithHangUp("ignore", "run", "--config", config(freePort()));
        awaitPort(process);
        assertThat(stderr()).contains("SIGHUP is ignored, as nohup wants it, so it doesn't reload the configuration");
        hangUp(process);
        process.destroy();
        assertThat(exitCode(process)).isEqualTo(143);
        assertThat(stderr()).doesNotContain("in use");
    }

    private static void hangUp(Process process) throws Exception {
        Process kill = new ProcessBuilder("kill", "-HUP", String.valueOf(process.pid())).start();
        assertThat(exitCode(kill)).isZero();
    }

    @Test
    void reloadsWhenAWatchedFileChangesAndTriesABadTextOnce() throws Exception {
        Path file = Path.of(config(freePort()));
        String good = Files.readString(file).replace("  telemetry:", "  reload_interval: 100ms\n  telemetry:");
        Files.writeString(file, good);
        Process process = start("run", "--config", file.toString());
        awaitPort(process);
        Files.writeString(file, "receivers: [");
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> stderr().contains("can't be used"));
        Files.writeString(file, good.replace("collecting:", "collecting: {name: y}"));
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> stderr().contains("is in use"));
        assertThat(stderr().lines().filter(line -> line.contains("can't be used")))
                .hasSize(1);
        process.destroy();
        assertThat(exitCode(process)).isEqualTo(143);
    }

    @Test
    void endsWithItsStandardInput() throws Exception {
        Process process = start("run", "--config", config(freePort()), "--exit-with-stdin");
        awaitPort(process);
        process.getOutputStream().close();
        assertThat(exitCode(process)).isZero();
        assertThat(stderr()).contains("The collector has stopped");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void doesNotWaitForADestinationWhenItIsToldToStop(boolean byStdin) throws Exception {
        Path file = Files.writeString(
                folder.resolve("c.yaml"),
                YAML.formatted(freePort()).replace("collecting:\n", "collecting: {failure: never starts}\n"));
        // Process.destroy closes the standard input too: it must not be what ends the collector then.
        Process process = byStdin
                ? start("run", "--config", file.toString(), "--exit-with-stdin")
                : start("run", "--config", file.toString());
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> stderr().contains("The exporter waits"));
        if (byStdin) {
            process.getOutputStream().close();
        } else {
            process.destroy();
        }
        assertThat(exitCode(process)).isEqualTo(byStdin ? 0 : 143);
        assertThat(stderr()).contains("Stopped while it started").doesNotContain("ERROR");
    }

    @Test
    void aTakenPortEndsItWithWhatToDo() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path file = Files.writeString(
                    folder.resolve("c.yaml"),
                    YAML.formatted(freePort()).replace("127.0.0.1:0", "127.0.0.1:" + taken.getLocalPort()));
            Process process = start("run", "--config", file.toString());
            assertThat(exitCode(process)).isEqualTo(1);
            assertThat(stderr())
                    .contains("receiver otlp: can't listen on 127.0.0.1:" + taken.getLocalPort())
                    .contains("receivers::otlp::protocols::http::endpoint");
        }
    }

    @Test
    void aTakenMetricsPortThatWasNamedEndsIt() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Process process = start("run", "--config", config(taken.getLocalPort()));
            assertThat(exitCode(process)).isEqualTo(1);
            assertThat(stderr()).contains("can't serve metrics on 127.0.0.1:" + taken.getLocalPort());
        }
    }

    @Test
    void validateIsSilentWhenAllIsRight() throws Exception {
        Process process = start("validate", "--config", config(1));
        assertThat(exitCode(process)).isZero();
        assertThat(stderr()).isEmpty();
        assertThat(Files.readString(folder.resolve("stdout"))).isEmpty();
    }

    @Test
    void aWrongConfigurationIsToldByValidateAndRun() throws Exception {
        Path file = Files.writeString(
                folder.resolve("c.yaml"), YAML.formatted(1).replace("collecting:", "colecting: {a: b}"));
        for (String command : new String[] {"validate", "run"}) {
            Process process = start(command, "--config", file.toString());
            assertThat(exitCode(process)).isEqualTo(1);
            assertThat(stderr().lines())
                    .hasSize(2)
                    .first()
                    .asString()
                    .startsWith(file + ":4:3: exporters::colecting: unknown type: \"colecting\"");
        }
    }
}
