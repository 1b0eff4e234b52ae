package io.stackhouse.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.collector.config.CollectorConfig;
import io.stackhouse.collector.config.ConfigLoader;
import io.stackhouse.collector.config.Factories;
import io.stackhouse.collector.graph.Graph;
import io.stackhouse.collector.graph.GraphBuilder;
import io.stackhouse.collector.graph.Journals;
import io.stackhouse.collector.telemetry.SelfMetrics;
import io.stackhouse.pipeline.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal on disk shows the metrics that the README has, with these labels, and no others. */
class JournalMetricsIT {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(otelcol_journal_[a-z_]+)` \\| ([a-z, ]+) \\|");
    private static final Pattern SAMPLE = Pattern.compile("(?m)^(otelcol_journal_[a-z_]+)\\{([^}]*)} (\\S+)");
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    @Test
    void theMetricsOfTheReadmeAreThoseOfTheCode() throws Exception {
        Map<String, TreeSet<String>> documented = new TreeMap<>();
        Matcher row = ROW.matcher(Files.readString(Path.of("README.md")));
        while (row.find()) {
            documented.put(row.group(1), new TreeSet<>(List.of(row.group(2).split(", "))));
        }
        assertThat(documented).isNotEmpty();

        String text = scrapeAfterOneRequest();

        Map<String, TreeSet<String>> shown = new TreeMap<>();
        Matcher sample = SAMPLE.matcher(text);
        while (sample.find()) {
            String name = sample.group(1).replaceFirst("_(total|bucket|count|sum)$", "");
            TreeSet<String> labels = shown.computeIfAbsent(name, unused -> new TreeSet<>());
            for (String label : sample.group(2).split(",")) {
                labels.add(label.substring(0, label.indexOf('=')));
            }
            labels.remove("le");
        }
        assertThat(shown).isEqualTo(documented);
        assertThat(text)
                .contains("otelcol_journal_appended_records_total{pipeline=\"traces\"} 1.0")
                .contains("otelcol_journal_sync_duration_count{pipeline=\"traces\"} 1")
                .contains("otelcol_journal_capacity_bytes{pipeline=\"traces\",storage=\"disk\"} 1.6777216E7");
    }

    private String scrapeAfterOneRequest() throws Exception {
        int metricsPort = freePort();
        Path file = Files.writeString(folder.resolve("c.yaml"), """
                receivers:
                  otlp: {protocols: {http: {endpoint: "127.0.0.1:0"}}}
                exporters:
                  collecting: {name: journal-metrics}
                service:
                  telemetry: {metrics: {address: "127.0.0.1:%d"}}
                  journal: {ack: journal, max_disk_size: 16MiB}
                  pipelines:
                    traces: {receivers: [otlp], exporters: [collecting]}
                """.formatted(metricsPort));
        CollectorConfig config = new ConfigLoader(Factories.load()).load(file, Map.of());
        try (SelfMetrics metrics = SelfMetrics.start(config.telemetry().metrics());
                Graph graph = new GraphBuilder(
                                config,
                                metrics.meters(),
                                Clock.system(),
                                Journals.of(Map.of("STATE_DIRECTORY", folder + ":/elsewhere")))
                        .build()) {
            graph.start();
            assertThat(folder.resolve("journal/traces/lock")).exists();
            HttpRequest post = HttpRequest.newBuilder(URI.create(
                            "http://127.0.0.1:" + graph.ports().get(0).port() + "/v1/traces"))
                    .header("Content-Type", "application/x-protobuf")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(OneSpan.REQUEST))
                    .build();
            assertThat(CLIENT.send(post, BodyHandlers.discarding()).statusCode())
                    .isEqualTo(200);
            return CLIENT.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + metricsPort + "/metrics"))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
