package io.stackhouse.collector.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stackhouse.collector.config.ConfigLoader;
import io.stackhouse.collector.config.Factories;
import io.stackhouse.collector.testing.MoodyServer;
import io.stackhouse.collector.testing.MoodyServer.Mood;
import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.testing.MetricReadings;
import io.stackhouse.pipeline.testing.Traces;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A destination that stands still, a stage that throws and a ring that is full cost the others nothing. */
class SlowBesideFastIT {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final byte[] SPANS = Traces.realistic(10).toByteArray();
    private static final int REQUESTS = 400;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final MetricReadings readings = new MetricReadings();

    @TempDir
    Path folder;

    private Graph graph(String yaml) throws Exception {
        Path file = Files.writeString(folder.resolve("c.yaml"), yaml);
        return new GraphBuilder(
                        new ConfigLoader(Factories.load()).load(file, Map.of()),
                        readings.meters(),
                        Clock.system(),
                        new Journals(folder.resolve("journals")))
                .build();
    }

    private static String yaml(int fastPort, int slowPort, String fastExporters) {
        return """
                receivers:
                  otlp: {protocols: {http: {endpoint: "127.0.0.1:0"}}}
                processors:
                  throwing: {each: 100}
                exporters:
                  otlp_http/fast: {endpoint: "http://127.0.0.1:%d"}
                  otlp_http/slow: {endpoint: "http://127.0.0.1:%d", timeout: 60s}
                service:
                  journal: {ack: memory, max_size: 256MiB}
                  ring_size: 2
                  pipelines:
                    traces: {receivers: [otlp], processors: [throwing], exporters: %s}
                """.formatted(fastPort, slowPort, fastExporters);
    }

    private static int post(Graph graph) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + graph.ports().get(0).port() + "/v1/traces");
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/x-protobuf")
                .POST(BodyPublishers.ofByteArray(SPANS))
                .build();
        return CLIENT.send(request, BodyHandlers.discarding()).statusCode();
    }

    /** Posts, one after the other; says how long the 99th of a hundred took from the request to its delivery at the fast one. */
    private double p99Millis(Graph graph) throws Exception {
        long[] nanos = new long[REQUESTS];
        for (int i = 0; i < REQUESTS; i++) {
            long before = passed();
            long start = System.nanoTime();
            assertThat(post(graph)).as("request " + i).isEqualTo(200);
            await().pollInSameThread()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .atMost(PATIENCE)
                    .until(() -> passed() > before);
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        return nanos[REQUESTS * 99 / 100] / 1e6;
    }

    /** Spans that are through with the fast destination, or were lost in the stage that throws. */
    private long passed() {
        return readings.sum("otelcol_exporter_sent_spans", "otlp_http/fast")
                + readings.sum("stackhouse_pipeline_failed_items");
    }

    @Test
    void theFastOneGoesOnWhileTheOtherStandsStill() throws Exception {
        double alone;
        try (MoodyServer fast = new MoodyServer(() -> Mood.TAKES);
                Graph graph = graph(yaml(fast.port(), fast.port(), "[otlp_http/fast]"))) {
            graph.start();
            double unusedWarmUp = p99Millis(graph);
            alone = p99Millis(graph);
        }
        long sentBefore = readings.sum("otelcol_exporter_sent_spans", "otlp_http/fast");
        long failedBefore = readings.sum("stackhouse_pipeline_failed_items");
        assertThat(sentBefore).isEqualTo(2 * REQUESTS * 10 - failedBefore);
        assertThat(failedBefore).as("each 100th batch").isEqualTo(2 * REQUESTS / 100 * 10);

        try (MoodyServer fast = new MoodyServer(() -> Mood.TAKES);
                MoodyServer slow = new MoodyServer(() -> Mood.TAKES);
                Graph graph = graph(yaml(fast.port(), slow.port(), "[otlp_http/fast, otlp_http/slow]"))) {
            slow.standStill();
            graph.start();
            double beside = p99Millis(graph);
            System.out.printf(
                    "SlowBesideFastIT: p99 to delivery, fast alone %.1f ms, beside one that stands still %.1f ms%n",
                    alone, beside);
            assertThat(readings.sum("otelcol_exporter_sent_spans", "otlp_http/fast") - sentBefore)
                    .isEqualTo(REQUESTS * 10 - REQUESTS / 100 * 10);
            assertThat(readings.sum("otelcol_exporter_sent_spans", "otlp_http/slow"))
                    .isZero();
            slow.goOn();
            await().atMost(PATIENCE)
                    .until(() -> readings.sum("otelcol_exporter_sent_spans", "otlp_http/slow")
                            == REQUESTS * 10 - REQUESTS / 100 * 10);
            await().atMost(PATIENCE).until(() -> readings.sum("otelcol_journal_records") == 0);
        }
    }

    @Test
    void clientsAreToldToComeBackWhenEverythingIsFull() throws Exception {
        try (MoodyServer slow = new MoodyServer(() -> Mood.TAKES);
                Graph graph =
                        graph(yaml(slow.port(), slow.port(), "[otlp_http/slow]").replace("256MiB", "64KiB"))) {
            slow.standStill();
            graph.start();
            int accepted = 0;
            int status = post(graph);
            while (status == 200) {
                accepted++;
                status = post(graph);
            }
            assertThat(status).isEqualTo(503);
            slow.goOn();
            long expected = accepted * 10L;
            await().atMost(PATIENCE)
                    .until(() -> readings.sum("otelcol_exporter_sent_spans")
                                    + readings.sum("stackhouse_pipeline_failed_items")
                            == expected);
            assertThat(post(graph)).as("there is room again").isEqualTo(200);
        }
    }
}
