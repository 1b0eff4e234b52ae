package io.stackhouse.collector.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Nothing gets lost between the metrics: what was received is accepted, refused or failed; what was accepted is sent, given up or in
 * flight.
 */
class InvariantsIT {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int CLIENTS = 4;
    private static final int REQUESTS = 100;
    private static final int ROUNDS = 3;

    private final MetricReadings readings = new MetricReadings();
    private final AtomicLong sentSpans = new AtomicLong();
    private final AtomicLongArray spansByStatus = new AtomicLongArray(600);

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

    private void post(Graph graph, int spans) {
        URI uri = URI.create("http://127.0.0.1:" + graph.ports().get(0).port() + "/v1/traces");
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/x-protobuf")
                .POST(BodyPublishers.ofByteArray(ofTwoHosts(spans).toByteArray()))
                .build();
        int status;
        try {
            status = CLIENT.send(request, BodyHandlers.discarding()).statusCode();
        } catch (Exception e) {
            throw new AssertionError("a client got no answer", e);
        }
        sentSpans.addAndGet(spans);
        spansByStatus.addAndGet(status, spans);
    }

    /** Of resources that go to different lanes, where there are several. */
    private static ExportTraceServiceRequest ofTwoHosts(int spans) {
        ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
        for (int part : new int[] {spans / 2, spans - spans / 2}) {
            if (part > 0) {
                ResourceSpans.Builder resource = Traces.realistic(part).getResourceSpans(0).toBuilder();
                resource.getResourceBuilder()
                        .addAttributes(KeyValue.newBuilder()
                                .setKey("test.part")
                                .setValue(AnyValue.newBuilder().setIntValue(part)));
                request.addResourceSpans(resource);
            }
        }
        return request.build();
    }

    private void burst(Graph graph, long seed) {
        List<CompletableFuture<Void>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Random random = new Random(seed * 31 + i);
            clients.add(CompletableFuture.runAsync(() -> {
                for (int k = 0; k < REQUESTS; k++) {
                    post(graph, 1 + random.nextInt(20));
                }
            }));
        }
        clients.forEach(CompletableFuture::join);
    }

    @ParameterizedTest
    @ValueSource(strings = {"lanes: 1", "lanes: 3\n  stage_threads: split\n  wait_strategy: sleeping"})
    void everythingIsAccountedForWhateverDestinationsDo(String ring) throws Exception {
        long seed = new Random().nextLong() >>> 8;
        System.out.println("InvariantsIT: seed " + seed);
        Random moods = new Random(seed);
        try (MoodyServer moody = new MoodyServer(() -> mood(moods));
                MoodyServer slow = new MoodyServer(() -> Mood.TAKES);
                Graph graph = graph("""
                        receivers:
                          otlp: {protocols: {http: {endpoint: "127.0.0.1:0"}}}
                        processors:
                          throwing: {each: 37}
                        exporters:
                          otlp_http/moody:
                            endpoint: http://127.0.0.1:%d
                            retry_on_failure: {initial_interval: 1ms, max_interval: 5ms}
                          otlp_http/slow:
                            endpoint: http://127.0.0.1:%d
                            sending_queue: {num_consumers: 1, queue_size: 3, block_on_overflow: false}
                        service:
                          journal: {ack: memory, max_size: 256KiB}
                          ring_size: 4
                          %s
                          pipelines:
                            traces:
                              receivers: [otlp]
                              processors: [throwing]
                              exporters: [otlp_http/moody, otlp_http/slow]
                        """.formatted(moody.port(), slow.port(), ring))) {
            graph.start();
            for (int round = 0; round < ROUNDS; round++) {
                burst(graph, seed + round);
                assertRequestsAreAccountedFor();
                moody.standStill();
                slow.standStill();
                burst(graph, seed - round - 1);
                await().atMost(PATIENCE).until(() -> slow.standing() == 1 && isSteady());
                assertThat(readings.sum("otelcol_journal_records"))
                        .as("something is held, seed " + seed)
                        .isPositive();
                assertRequestsAreAccountedFor();
                moody.goOn();
                slow.goOn();
                await().atMost(PATIENCE).until(() -> readings.sum("otelcol_journal_records") == 0);
                assertItemsAreAccountedFor(seed);
            }
        }
        assertThat(spansByStatus.get(503))
                .as("the journal was full at times, seed " + seed)
                .isPositive();
        assertThat(readings.sum("otelcol_exporter_enqueue_failed_spans")).isPositive();
        assertThat(readings.sum("otelcol_exporter_send_failed_spans")).isPositive();
        assertThat(readings.sum("stackhouse_exporter_retries")).isPositive();
        assertThat(readings.sum("stackhouse_pipeline_failed_items")).isPositive();
    }

    private static Mood mood(Random random) {
        synchronized (random) {
            int drawn = random.nextInt(100);
            return drawn < 60
                    ? Mood.TAKES
                    : drawn < 70
                            ? Mood.REJECTS_ONE
                            : drawn < 88 ? Mood.NOT_NOW : drawn < 95 ? Mood.NEVER : Mood.HANGS_UP;
        }
    }

    /** Whether nothing moves: the figures are the same twice, a while apart. */
    private boolean isSteady() {
        long before = movement();
        await().pollDelay(Duration.ofMillis(50)).until(() -> true);
        return before == movement();
    }

    private long movement() {
        return readings.sum("stackhouse_pipeline_delivered_requests")
                + readings.sum("stackhouse_pipeline_dropped_requests")
                + readings.sum("otelcol_exporter_enqueue_failed_spans");
    }

    /** received = accepted + refused + failed, and accepted = delivered + dropped + in flight, while some of it is. */
    private void assertRequestsAreAccountedFor() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(readings.sum("otelcol_receiver_accepted_spans")).isEqualTo(spansByStatus.get(200));
            assertThat(readings.sum("otelcol_receiver_refused_spans"))
                    .isEqualTo(spansByStatus.get(503) + spansByStatus.get(429));
            assertThat(readings.sum("otelcol_receiver_accepted_spans")
                            + readings.sum("otelcol_receiver_refused_spans")
                            + readings.sum("otelcol_receiver_failed_spans"))
                    .isEqualTo(sentSpans.get());
            assertThat(readings.sum("stackhouse_pipeline_delivered_requests")
                            + readings.sum("stackhouse_pipeline_dropped_requests")
                            + readings.sum("otelcol_journal_records"))
                    .isEqualTo(readings.sum("otelcol_journal_appended_records"));
        });
    }

    /** accepted = sent + given up, for each destination, when nothing is in flight. */
    private void assertItemsAreAccountedFor(long seed) {
        assertRequestsAreAccountedFor();
        long accepted = readings.sum("otelcol_receiver_accepted_spans");
        long failedInStages = readings.sum("stackhouse_pipeline_failed_items");
        for (String exporter : List.of("otlp_http/moody", "otlp_http/slow")) {
            assertThat(readings.sum("otelcol_exporter_sent_spans", exporter)
                            + readings.sum("otelcol_exporter_send_failed_spans", exporter)
                            + readings.sum("otelcol_exporter_enqueue_failed_spans", exporter)
                            + failedInStages)
                    .as(exporter + ", seed " + seed)
                    .isEqualTo(accepted);
            assertThat(readings.sum("otelcol_exporter_queue_size", exporter)).isZero();
            await().atMost(PATIENCE).until(() -> readings.sum("otelcol_exporter_in_flight_requests", exporter) == 0);
        }
    }
}
