package io.stackhouse.collector.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.stackhouse.collector.config.CollectorConfig;
import io.stackhouse.collector.config.ConfigLoader;
import io.stackhouse.collector.config.Factories;
import io.stackhouse.collector.testing.CollectingExporterFactory;
import io.stackhouse.collector.testing.RecordingExtensionFactory;
import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.SpanBatch;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class GraphIT {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static final byte[] SPANS = ExportTraceServiceRequest.newBuilder()
            .addResourceSpans(ResourceSpans.newBuilder()
                    .addScopeSpans(ScopeSpans.newBuilder()
                            .addSpans(Span.newBuilder()
                                    .setName("checkout")
                                    .setTraceId(ByteString.copyFrom(
                                            new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}))
                                    .setSpanId(ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, 8})))))
            .build()
            .toByteArray();

    @TempDir
    Path folder;

    private Graph build(String yaml) throws IOException {
        Path file = Files.writeString(folder.resolve("c.yaml"), yaml);
        CollectorConfig config = new ConfigLoader(Factories.load()).load(file, Map.of());
        return new GraphBuilder(
                        config, MeterProvider.noop(), Clock.system(), new Journals(folder.resolve("default-journal")))
                .build();
    }

    private static int post(Graph graph) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + graph.ports().get(0).port() + "/v1/traces");
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/x-protobuf")
                .POST(BodyPublishers.ofByteArray(SPANS))
                .build();
        return CLIENT.send(request, BodyHandlers.discarding()).statusCode();
    }

    @Test
    void bringsARequestThroughTheStagesToTheExporter() throws Exception {
        BlockingQueue<Batch> batches = CollectingExporterFactory.batches("one");
        try (Graph graph = build("""
                receivers:
                  otlp: {protocols: {http: {endpoint: "127.0.0.1:0"}}}
                processors:
                  resource_detection: {detectors: [system]}
                exporters:
                  collecting: {name: one}
                service:
                  pipelines:
                    traces: {receivers: [otlp], processors: [resource_detection], exporters: [collecting]}
                """)) {
            graph.start();
            assertThat(graph.listening()).hasSize(1);
            assertThat(graph.listening().get(0)).startsWith("otlp http 127.0.0.1:");
            assertThat(post(graph)).isEqualTo(200);
            SpanBatch batch = (SpanBatch) batches.poll(10, TimeUnit.SECONDS);
            assertThat(batch.groups().get(0).spans().get(0).getName()).isEqualTo("checkout");
            assertThat(batch.groups().get(0).resource().attributes().contains("host.name"))
                    .isTrue();
        }
    }

    @Test
    void extensionsStartBeforeAllAndCloseAfterAll() throws Exception {
        RecordingExtensionFactory.EVENTS.clear();
        try (Graph graph = build("""
                extensions:
                  recording/a:
                  recording/b:
                receivers:
                  otlp: {protocols: {http: {endpoint: "127.0.0.1:0"}}}
                exporters:
                  collecting: {name: ordered}
                service:
                  extensions: [recording/b, recording/a]
                  pipelines:
                    traces: {receivers: [otlp], exporters: [collecting]}
                """)) {
            graph.start();
        }
        assertThat(RecordingExtensionFactory.EVENTS)
                .containsExactly(
                        "start recording/b",
                        "start recording/a",
                        "start exporter ordered",
                        "close exporter ordered",
                        "close recording/a",
                        "close recording/b");
    }

    @Test
    void eachOfSeveralPipelinesHasABatchOfItsOwn() throws Exception {
        BlockingQueue<Batch> plain = CollectingExporterFactory.batches("plain");
        BlockingQueue<Batch> enriched = CollectingExporterFactory.batches("enriched");
        BlockingQueue<Batch> both = CollectingExporterFactory.batches("both");
        try (Graph graph = build("""
                receivers:
                  otlp: {protocols: {http: {endpoint: "127.0.0.1:0"}}}
                processors:
                  resource_detection: {detectors: [system]}
                exporters:
                  collecting/plain: {name: plain}
                  collecting/enriched: {name: enriched}
                  collecting/both: {name: both}
                service:
                  pipelines:
                    traces: {receivers: [otlp], exporters: [collecting/plain, collecting/both]}
                    traces/enriched:
                      receivers: [otlp]
                      processors: [resource_detection]
                      exporters: [collecting/enriched, collecting/both]
                """)) {
            graph.start();
            assertThat(post(graph)).isEqualTo(200);
            assertThat(hostNameIn(plain.poll(10, TimeUnit.SECONDS))).isFalse();
            assertThat(hostNameIn(enriched.poll(10, TimeUnit.SECONDS))).isTrue();
            assertThat(both.poll(10, TimeUnit.SECONDS)).isNotNull();
            assertThat(both.poll(10, TimeUnit.SECONDS)).isNotNull();
        }
    }

    private static boolean hostNameIn(Batch batch) {
        return ((SpanBatch) batch).groups().get(0).resource().attributes().contains("host.name");
    }

    @Test
    void aMemoryLimiterRefusesAtTheDoorWhereverItStands() throws Exception {
        BlockingQueue<Batch> batches = CollectingExporterFactory.batches("spared");
        try (Graph graph = build("""
                receivers:
                  otlp: {protocols: {http: {endpoint: "127.0.0.1:0"}}}
                processors:
                  resource_detection: {detectors: [system]}
                  memory_limiter: {check_interval: 1h, limit_mib: 1}
                exporters:
                  collecting: {name: spared}
                service:
                  pipelines:
                    traces: {receivers: [otlp], processors: [resource_detection, memory_limiter], exporters: [collecting]}
                """)) {
            graph.start();
            assertThat(post(graph)).isEqualTo(503);
        }
        assertThat(batches).isEmpty();
    }

    @Test
    void aRequestIsRefusedWhenOneOfSeveralPipelinesIsFull() throws Exception {
        try (Graph graph = build("""
                receivers:
                  otlp: {protocols: {http: {endpoint: "127.0.0.1:0"}}}
                exporters:
                  collecting/fast: {name: fast}
                  collecting/stuck: {name: stuck, delivers: false}
                service:
                  journal: {max_size: 1KiB}
                  pipelines:
                    traces: {receivers: [otlp], exporters: [collecting/fast]}
                    traces/stuck: {receivers: [otlp], journal: {max_size: 1B}, exporters: [collecting/stuck]}
                """)) {
            graph.start();
            assertThat(post(graph)).as("the first fits into the empty journal").isEqualTo(200);
            assertThat(CollectingExporterFactory.batches("stuck").poll(10, TimeUnit.SECONDS))
                    .isNotNull();
            assertThat(post(graph)).isEqualTo(503);
        }
    }

    @Test
    void aJournalOnDiskDeliversAfterARestartWhatWasAcceptedAndNotDelivered() throws Exception {
        try (Graph graph = build(withJournalOnDisk("lost", false))) {
            graph.start();
            assertThat(post(graph)).isEqualTo(200);
            assertThat(CollectingExporterFactory.batches("lost").poll(10, TimeUnit.SECONDS))
                    .isNotNull();
        }

        BlockingQueue<Batch> found = CollectingExporterFactory.batches("found");
        try (Graph graph = build(withJournalOnDisk("found", true))) {
            graph.start();
            Batch batch = found.poll(10, TimeUnit.SECONDS);
            assertThat(batch).isInstanceOf(SpanBatch.class);
            assertThat(((SpanBatch) batch).groups().get(0).spans().get(0).getName())
                    .isEqualTo("checkout");
            assertThat(post(graph)).as("sent again, as clients do").isEqualTo(200);
        }
        assertThat(found).as("stored once").isEmpty();

        BlockingQueue<Batch> again = CollectingExporterFactory.batches("again");
        try (Graph graph = build(withJournalOnDisk("again", true))) {
            graph.start();
        }
        assertThat(again).as("delivered before").isEmpty();
    }

    private String withJournalOnDisk(String exporterName, boolean delivers) {
        return """
                receivers:
                  otlp: {protocols: {http: {endpoint: "127.0.0.1:0"}}}
                exporters:
                  collecting: {name: NAME, delivers: DELIVERS}
                service:
                  journal: {directory: FOLDER, max_disk_size: 16MiB}
                  pipelines:
                    traces: {receivers: [otlp], exporters: [collecting]}
                """.replace("NAME", exporterName)
                .replace("DELIVERS", Boolean.toString(delivers))
                .replace("FOLDER", folder.resolve("journal").toString());
    }

    private CollectorConfig config(String yaml) throws IOException {
        return new ConfigLoader(Factories.load()).load(Files.writeString(folder.resolve("c.yaml"), yaml), Map.of());
    }

    private static final String RELOADED = """
            receivers:
              otlp: {protocols: {http: {endpoint: "127.0.0.1:0"}}}
            processors:
              resource_detection: {detectors: [system]}
            exporters:
              collecting/a: {name: A}
              collecting/b: {name: B}
            service:
              pipelines:
                traces: {receivers: [otlp], exporters: [collecting/a]}
            """;

    @Test
    void aReloadKeepsThePortAndChangesTheStagesBehindIt() throws Exception {
        BlockingQueue<Batch> a = CollectingExporterFactory.batches("reload-a");
        BlockingQueue<Batch> b = CollectingExporterFactory.batches("reload-b");
        String before = RELOADED.replace("name: A", "name: reload-a").replace("name: B", "name: reload-b");
        RecordingExtensionFactory.EVENTS.clear();
        try (Graph graph = build(before)) {
            graph.start();
            int port = graph.ports().get(0).port();
            assertThat(post(graph)).isEqualTo(200);
            assertThat(hostNameIn(a.poll(10, TimeUnit.SECONDS))).isFalse();
            graph.reload(config(before.replace(
                    "exporters: [collecting/a]",
                    "processors: [resource_detection], exporters: [collecting/a, collecting/b]")));
            assertThat(graph.ports().get(0).port()).isEqualTo(port);
            assertThat(post(graph)).isEqualTo(200);
            assertThat(hostNameIn(a.poll(10, TimeUnit.SECONDS))).isTrue();
            assertThat(hostNameIn(b.poll(10, TimeUnit.SECONDS))).isTrue();
            graph.reload(config(before.replace("exporters: [collecting/a]", "exporters: [collecting/b]")));
            assertThat(post(graph)).isEqualTo(200);
            assertThat(hostNameIn(b.poll(10, TimeUnit.SECONDS))).isFalse();
            assertThat(a).isEmpty();
        }
        assertThat(RecordingExtensionFactory.EVENTS)
                .as("an exporter that stays is left alone")
                .containsExactly(
                        "start exporter reload-a",
                        "start exporter reload-b",
                        "close exporter reload-a",
                        "close exporter reload-b");
    }

    @Test
    void aReloadThatFailsLeavesEverythingAsItWas() throws Exception {
        BlockingQueue<Batch> a = CollectingExporterFactory.batches("stays-a");
        String before = RELOADED.replace("name: A", "name: stays-a").replace("name: B", "name: stays-b");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Graph graph = build(before)) {
            graph.start();
            int port = graph.ports().get(0).port();
            String failing = before.replace("name: stays-b", "name: stays-b, failure: away")
                    .replace("exporters: [collecting/a]", "exporters: [collecting/b]");
            assertThatThrownBy(() -> graph.reload(config(failing))).hasMessage("exporter collecting/b: away");
            String onTakenPort = before.replace("127.0.0.1:0", "127.0.0.1:" + taken.getLocalPort());
            assertThatThrownBy(() -> graph.reload(config(onTakenPort)))
                    .hasMessageContaining("receiver otlp: can't listen on 127.0.0.1:" + taken.getLocalPort());
            assertThat(graph.ports()).hasSize(1);
            assertThat(graph.ports().get(0).port()).isEqualTo(port);
            assertThat(post(graph)).isEqualTo(200);
            assertThat(a.poll(10, TimeUnit.SECONDS)).isNotNull();
        }
    }

    @Test
    void aReceiverWithOtherSettingsGetsItsPortBackAlsoWhenTheReloadFails() throws Exception {
        String before = RELOADED.replace("name: A", "name: other").replace("name: B", "name: other-b");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Graph graph = build(before)) {
            graph.start();
            int port = graph.ports().get(0).port();
            String fixed = before.replace("127.0.0.1:0", "127.0.0.1:" + port);
            graph.reload(config(fixed));
            assertThat(graph.ports()).hasSize(1);
            assertThat(graph.ports().get(0).port()).isEqualTo(port);
            assertThat(post(graph)).isEqualTo(200);
            String half = fixed.replace(
                            "}}}",
                            "}}, tenant: t}\n  otlp/taken: {protocols: {http: {endpoint: \"127.0.0.1:"
                                    + taken.getLocalPort() + "\"}}}")
                    .replace("receivers: [otlp]", "receivers: [otlp, otlp/taken]");
            assertThatThrownBy(() -> graph.reload(config(half))).hasMessageContaining("receiver otlp/taken");
            assertThat(graph.ports()).hasSize(1);
            assertThat(post(graph)).as("the old one has come back").isEqualTo(200);
        }
    }

    @Test
    void pipelinesComeAndGoWithAReload() throws Exception {
        BlockingQueue<Batch> a = CollectingExporterFactory.batches("goes-a");
        BlockingQueue<Batch> b = CollectingExporterFactory.batches("goes-b");
        String one = RELOADED.replace("name: A", "name: goes-a").replace("name: B", "name: goes-b");
        String two = one + "    traces/b: {receivers: [otlp], exporters: [collecting/b]}\n";
        String other = one.replace(
                "traces: {receivers: [otlp], exporters: [collecting/a]}",
                "traces/b: {receivers: [otlp], journal: {max_size: 1MiB}, exporters: [collecting/b]}");
        try (Graph graph = build(one)) {
            graph.start();
            graph.reload(config(two));
            assertThat(post(graph)).isEqualTo(200);
            assertThat(a.poll(10, TimeUnit.SECONDS)).isNotNull();
            assertThat(b.poll(10, TimeUnit.SECONDS)).isNotNull();
            graph.reload(config(other));
            assertThat(post(graph)).isEqualTo(200);
            assertThat(b.poll(10, TimeUnit.SECONDS)).isNotNull();
            assertThat(a).isEmpty();
        }
    }

    @Test
    void whatAnExporterReturnsWhenItEndsGoesThroughTheNewStages() throws Exception {
        BlockingQueue<Batch> b = CollectingExporterFactory.batches("takes-b");
        String before = RELOADED.replace("name: A", "name: stuck-a, delivers: false, returns: true")
                .replace("name: B", "name: takes-b")
                .replace("  pipelines:", "  journal: {directory: \"" + folder.resolve("j") + "\"}\n  pipelines:");
        String after = before.replace(
                "exporters: [collecting/a]", "processors: [resource_detection], exporters: [collecting/b]");
        try (Graph graph = build(before)) {
            graph.start();
            assertThat(post(graph)).isEqualTo(200);
            assertThat(CollectingExporterFactory.batches("stuck-a").poll(10, TimeUnit.SECONDS))
                    .isNotNull();
            graph.reload(config(after));
            assertThat(hostNameIn(b.poll(10, TimeUnit.SECONDS))).isTrue();
            assertThat(b).isEmpty();
        }
        try (Graph graph = build(after)) {
            graph.start();
            assertThat(b.poll(200, TimeUnit.MILLISECONDS))
                    .as("delivered before")
                    .isNull();
        }
    }

    @Test
    void whatAnExporterReturnsWhenItEndsComesAgainAfterTheNextStart() throws Exception {
        BlockingQueue<Batch> b = CollectingExporterFactory.batches("next-b");
        String before = RELOADED.replace("name: A", "name: next-a, delivers: false, returns: true")
                .replace("name: B", "name: next-b")
                .replace("  pipelines:", "  journal: {directory: \"" + folder.resolve("j") + "\"}\n  pipelines:");
        try (Graph graph = build(before)) {
            graph.start();
            assertThat(post(graph)).isEqualTo(200);
            assertThat(CollectingExporterFactory.batches("next-a").poll(10, TimeUnit.SECONDS))
                    .isNotNull();
        }
        try (Graph graph = build(before.replace("exporters: [collecting/a]", "exporters: [collecting/b]"))) {
            graph.start();
            assertThat(b.poll(10, TimeUnit.SECONDS)).isNotNull();
        }
    }

    @Test
    void whatWasAcceptedIsGivenOnBeforeTheEnd() throws Exception {
        BlockingQueue<Batch> batches = CollectingExporterFactory.batches("drained");
        Graph graph = build("""
                receivers:
                  otlp: {protocols: {http: {endpoint: "127.0.0.1:0"}}}
                exporters:
                  collecting: {name: drained}
                service:
                  pipelines:
                    traces: {receivers: [otlp], exporters: [collecting]}
                """);
        graph.start();
        int sent = 50;
        for (int i = 0; i < sent; i++) {
            assertThat(post(graph)).isEqualTo(200);
        }
        int port = graph.ports().get(0).port();
        graph.close();
        assertThat(batches).hasSize(sent);
        assertThatThrownBy(() -> CLIENT.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                                .build(),
                        BodyHandlers.discarding()))
                .isInstanceOf(ConnectException.class);
        graph.close();
    }

    @Test
    void namesTheComponentThatCannotStartAndGivesBackTheOthersPorts() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Graph graph = build("""
                    receivers:
                      otlp/good: {protocols: {http: {endpoint: "127.0.0.1:%d"}}}
                      otlp/bad: {protocols: {http: {endpoint: "127.0.0.1:%d"}}}
                    exporters:
                      collecting:
                    service:
                      pipelines:
                        traces: {receivers: [otlp/good, otlp/bad], exporters: [collecting]}
                    """.formatted(free, taken.getLocalPort()));
            assertThatThrownBy(graph::start)
                    .hasMessageContaining("receiver otlp/bad: can't listen on 127.0.0.1:" + taken.getLocalPort());
            try (ServerSocket again = new ServerSocket(free, 1, InetAddress.getLoopbackAddress())) {
                assertThat(again.isBound()).isTrue();
            }
        }
    }

    @Test
    void anExporterThatCannotStartKeepsThePortsClosed() throws Exception {
        Graph graph = build("""
                receivers:
                  otlp: {protocols: {http: {endpoint: "127.0.0.1:0"}}}
                exporters:
                  collecting: {failure: the database is away}
                service:
                  pipelines:
                    traces: {receivers: [otlp], exporters: [collecting]}
                """);
        assertThatThrownBy(graph::start).hasMessage("exporter collecting: the database is away");
        assertThat(graph.ports()).isEmpty();
    }
}
