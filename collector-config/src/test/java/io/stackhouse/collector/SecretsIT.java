package io.stackhouse.collector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nothing that the program writes or answers shows a secret, whatever goes wrong. All secrets here hold the word hush. */
@Timeout(180)
class SecretsIT {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Pattern PORTS =
            Pattern.compile("collector is ready: otlp grpc 127\\.0\\.0\\.1:(\\d+), http 127\\.0\\.0\\.1:(\\d+)");
    private static final String YAML = """
            extensions:
              bearertokenauth:
                token: ${env:TOKEN}
              bearertokenauth/file:
                filename: TOKENS
                reload_interval: 50ms
              basicauth:
                htpasswd: {inline: "${env:USERS}"}
            receivers:
              otlp:
                protocols:
                  grpc: {endpoint: "127.0.0.1:0", auth: {authenticator: bearertokenauth/file}}
                  http: {endpoint: "127.0.0.1:0", auth: {authenticator: bearertokenauth}}
              otlp/basic:
                protocols:
                  http: {endpoint: "127.0.0.1:0", auth: {authenticator: basicauth}}
            exporters:
              collecting:
            service:
              extensions: [bearertokenauth, bearertokenauth/file, basicauth]
              telemetry: {logs: {level: debug}, metrics: {address: "127.0.0.1:METRICS"}}
              pipelines:
                traces: {receivers: [otlp, otlp/basic], exporters: [collecting]}
            """;

    @TempDir
    Path folder;

    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void endProcesses() {
        processes.forEach(Process::destroyForcibly);
    }

    private Process start(String command, String yaml) throws IOException {
        Path file = Files.writeString(
                folder.resolve("c.yaml"),
                yaml.replace("TOKENS", folder.resolve("tokens").toString()));
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.stackhouse.collector.Main",
                        command,
                        "--config",
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile());
        builder.environment().put("TOKEN", "hush-token");
        builder.environment().put("USERS", "alice:hush-plain");
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    private String output() {
        try {
            return Files.readString(folder.resolve("output"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static HttpResponse<String> post(int port, String authorization, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/traces"))
                .header("Content-Type", "application/json")
                .header("Authorization", authorization)
                .POST(BodyPublishers.ofString(body))
                .build();
        return CLIENT.send(request, BodyHandlers.ofString());
    }

    private static String basic(String userAndPassword) {
        return "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(UTF_8));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void aRunningCollectorShowsNone() throws Exception {
        Files.writeString(folder.resolve("tokens"), "hush-in-file");
        int metricsPort = freePort();
        Process process = start("run", YAML.replace("METRICS", String.valueOf(metricsPort)));
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(() -> !process.isAlive() || output().contains("collector is ready"));
        Matcher ports = PORTS.matcher(output());
        assertThat(ports.find()).as(output()).isTrue();
        int bearerPort = Integer.parseInt(ports.group(2));
        Matcher second =
                Pattern.compile("otlp/basic http 127\\.0\\.0\\.1:(\\d+)").matcher(output());
        assertThat(second.find()).as(output()).isTrue();
        int basicPort = Integer.parseInt(second.group(1));
        List<String> answers = new ArrayList<>();
        for (String[] each : new String[][] {
            {"Bearer hush-token", "{}", "200"},
            {"Bearer hush-token", "{", "400"},
            {"Bearer hush-wrong", "{}", "401"},
            {"hush-wrong", "{}", "401"},
        }) {
            HttpResponse<String> response = post(bearerPort, each[0], each[1]);
            assertThat(response.statusCode()).as(each[0]).isEqualTo(Integer.parseInt(each[2]));
            answers.add(response.headers().map() + response.body());
        }
        for (String user : List.of("alice:hush-plain", "alice:hush-wrong", "hush-nobody")) {
            HttpResponse<String> response = post(basicPort, basic(user), "{}");
            assertThat(response.statusCode()).isEqualTo(user.endsWith("plain") ? 200 : 401);
            answers.add(response.headers().map() + response.body());
        }
        Files.writeString(folder.resolve("tokens"), "hush in file, which is no token");
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> output().contains("can't be reloaded"));
        URI metrics = URI.create("http://127.0.0.1:" + metricsPort + "/metrics");
        String page = CLIENT.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString())
                .body();
        assertThat(page)
                .contains("otelcol_receiver_unauthenticated_requests_total{")
                .contains("otelcol_extension_reload_failures_total{");
        process.destroy();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(output() + page + answers).doesNotContainIgnoringCase("hush");
        for (String user : List.of("alice:hush-plain", "alice:hush-wrong", "hush-nobody")) {
            assertThat(output() + page + answers).doesNotContain(basic(user).substring(6));
        }
    }

    @Test
    void mistakesInTheConfigurationShowNone() throws Exception {
        String good = YAML.replace("METRICS", "1");
        for (String[] each : new String[][] {
            {"token: ${env:TOKEN}", "token: [\"${env:TOKEN}\"]"},
            {"token: ${env:TOKEN}", "token: hush hush"},
            {"token: ${env:TOKEN}", "tokens: ${env:TOKEN}"},
            {"token: ${env:TOKEN}", "{token: {a: hush}, filename: b}"},
            {"token: ${env:TOKEN}", "${env:TOKEN}"},
            {"token: ${env:TOKEN}", "token: ${env:TOKEN}\n    tokens: [hush2]"},
            {"htpasswd: {inline: \"${env:USERS}\"}", "htpasswd: ${env:USERS}"},
            {"htpasswd: {inline: \"${env:USERS}\"}", "htpasswd: {inline: \"bob:{SHA}hush\"}"},
            {"htpasswd: {inline: \"${env:USERS}\"}", "htpasswd: {inline: hush}"},
            {"reload_interval: 50ms", "reload_interval: 0s"},
        }) {
            assertThat(good).contains(each[0]);
            Process process = start("validate", good.replace(each[0], each[1]));
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(each[1]).isEqualTo(1);
            assertThat(output()).as(each[1]).contains("c.yaml:").doesNotContainIgnoringCase("hush");
        }
    }

    @Test
    void aFileThatEndsTheStartIsNotShown() throws Exception {
        Files.writeString(folder.resolve("tokens"), "hush in file, which is no token");
        Process process = start("run", YAML.replace("METRICS", String.valueOf(freePort())));
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(1);
        assertThat(output()).contains("extension bearertokenauth/file: ").doesNotContainIgnoringCase("hush");
    }
}
