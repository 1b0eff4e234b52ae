package io.stackhouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.clickhouse.embedded.EmbeddedClickHouse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A journal and a block log that an earlier version wrote, schema version 3, are delivered: each holds three requests, of the log's one table of
 * samples. {@link #main} wrote them: it kills ClickHouse, waits until three requests are in the log, has three more answered, and kills the collector.
 */
class BlockLogUpgradeIT {
    private static final Path GOLDEN = Path.of("integration-tests/src/test/resources/golden/schema-3");
    private static final int SAMPLES = 20;
    private static final int REQUESTS = 6;
    private static final long READY_NANOS = TimeUnit.SECONDS.toNanos(120);
    private static final String YAML = """
            receivers:
              otlp:
                protocols:
                  http: {endpoint: "127.0.0.1:%d"}
            exporters:
              clickhouse:
                endpoint: "%s"
                ttl: 0s
                startup_timeout: 60s
                retry_on_failure: {initial_interval: 50ms, max_interval: 500ms}
                sending_queue: {batch: {flush_timeout: %s}}
                block_log: {max_size: 1MiB}
            service:
              telemetry: {metrics: {level: none}}
              journal: {directory: "%s", max_disk_size: 1MiB}
              pipelines:
                profiles: {receivers: [otlp], exporters: [clickhouse]}
            """;

    @TempDir
    Path folder;

    @Test
    void deliversWhatAnEarlierVersionLeft() throws Exception {
        Requirement.check(EmbeddedClickHouse.isAvailable(), "libchdb (./stackhouse setup fetches it)");
        Path journal = folder.resolve("journal");
        copy(ProjectFiles.root().resolve(GOLDEN), journal);
        try (EmbeddedClickHouse clickHouse = EmbeddedClickHouse.start(folder.resolve("clickhouse"))) {
            String yaml = YAML.formatted(KillCampaign.freePorts()[0], clickHouse.endpoint(), "100ms", journal);
            CollectorProcess collector = CollectorProcess.start(folder, yaml, CollectorProcess.Place.QUICK_JIT, 0);
            try {
                assertThat(collector.awaitReady(READY_NANOS))
                        .as(collector.output())
                        .isTrue();
                Awaitility.await("all six requests, each once")
                        .atMost(Duration.ofSeconds(60))
                        .untilAsserted(() -> assertThat(
                                        sql(
                                                clickHouse,
                                                "SELECT count(), uniqExact(Value), min(Value), max(Value) FROM otel.otel_profiles_samples"))
                                .isEqualTo("120\t120\t0\t119"));
                assertThat(sql(clickHouse, "SELECT count() FROM otel.otel_profiles_frames WHERE empty(Frames)"))
                        .isEqualTo("0");
            } finally {
                collector.close();
            }
        }
    }

    private static String sql(EmbeddedClickHouse clickHouse, String query) throws IOException, InterruptedException {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(clickHouse.endpoint())
                                .POST(HttpRequest.BodyPublishers.ofString(query))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body().strip();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    public static void main(String[] arguments) throws Exception {
        Path scratch = Files.createDirectories(Path.of(arguments[0]));
        int port = KillCampaign.freePorts()[0];
        EmbeddedClickHouse clickHouse = EmbeddedClickHouse.start(scratch.resolve("clickhouse"));
        String yaml = YAML.formatted(port, clickHouse.endpoint(), "10s", scratch.resolve("journal"));
        CollectorProcess collector = CollectorProcess.start(scratch, yaml, CollectorProcess.Place.QUICK_JIT, 0);
        try {
            if (!collector.awaitReady(READY_NANOS)) {
                throw new AssertionError(collector.output());
            }
            clickHouse.kill();
            for (int request = 0; request < REQUESTS; request++) {
                if (request == REQUESTS / 2) {
                    Thread.sleep(15_000);
                }
                post(port, request);
            }
        } finally {
            collector.kill();
            clickHouse.close();
        }
    }

    private static void post(int port, int request) throws IOException, InterruptedException {
        byte[] body = NumberedSamples.request(request, SAMPLES, System.currentTimeMillis() * 1_000_000);
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1development/profiles"))
                                .header("Content-Type", "application/x-protobuf")
                                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new AssertionError(response.body());
        }
    }
}
