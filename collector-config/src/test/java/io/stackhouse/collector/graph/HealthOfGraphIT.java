package io.stackhouse.collector.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.metrics.MeterProvider;
import io.stackhouse.collector.config.CollectorConfig;
import io.stackhouse.collector.config.ConfigLoader;
import io.stackhouse.collector.config.Factories;
import io.stackhouse.collector.testing.CollectingExporterFactory;
import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.testing.Traces;
import java.io.IOException;
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
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Probes and pages of a service that runs. */
class HealthOfGraphIT {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    private static HttpResponse<String> get(int port, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + port + path);
        return CLIENT.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    private static int free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The ports of the extensions come first. */
    private static void post(Graph graph) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + graph.ports().get(2).port() + "/v1/traces");
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/x-protobuf")
                .POST(BodyPublishers.ofByteArray(Traces.realistic(1).toByteArray()))
                .build();
        assertThat(CLIENT.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
    }

    @Test
    void keepsItsPortOverAReloadWithOtherSettingsAlsoWhenThatFails() throws Exception {
        int health = free();
        String yaml = """
                extensions:
                  health_check: {endpoint: "127.0.0.1:%d", path: /first}
                receivers:
                  otlp: {protocols: {http: {endpoint: "127.0.0.1:0"}}}
                exporters:
                  collecting: {name: reloaded-health}
                service:
                  extensions: [health_check]
                  journal: {ack: memory}
                  pipelines:
                    traces: {receivers: [otlp], exporters: [collecting]}
                """.formatted(health);
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Graph graph = graph(yaml)) {
            graph.start();
            assertThat(get(health, "/first").statusCode()).isEqualTo(200);
            graph.reload(config(yaml.replace("/first", "/second")));
            assertThat(get(health, "/second").statusCode()).isEqualTo(200);
            assertThat(get(health, "/first").statusCode()).isEqualTo(404);
            String failing = yaml.replace("/first", "/third")
                    .replace(
                            "{http: {endpoint: \"127.0.0.1:0\"}}",
                            "{http: {endpoint: \"127.0.0.1:" + taken.getLocalPort() + "\"}}");
            assertThatThrownBy(() -> graph.reload(config(failing))).hasMessageContaining("receiver otlp");
            assertThat(get(health, "/second").statusCode()).isEqualTo(200);
        }
    }

    private CollectorConfig config(String yaml) throws IOException {
        Path file = Files.writeString(folder.resolve("reload.yaml"), yaml);
        return new ConfigLoader(Factories.load()).load(file, Map.of());
    }

    private Graph graph(String yaml) throws IOException {
        return new GraphBuilder(config(yaml), MeterProvider.noop(), Clock.system(), new Journals(folder)).build();
    }

    @Test
    void saysThatDataAreStuckAndThatTheyMoveAgain() throws Exception {
        int health = free();
        int pages = free();
        Path file = Files.writeString(folder.resolve("c.yaml"), """
                extensions:
                  health_check:
                    endpoint: 127.0.0.1:%d
                    path: /health
                    stalled_data: {max_age: 1ms, max_pause: 1ms}
                  zpages: {endpoint: "127.0.0.1:%d"}
                receivers:
                  otlp: {protocols: {http: {endpoint: "127.0.0.1:0"}}}
                exporters:
                  collecting: {name: stuck-health, delivers: false}
                service:
                  extensions: [health_check, zpages]
                  pipelines:
                    traces: {receivers: [otlp], exporters: [collecting]}
                """.formatted(health, pages));
        BlockingQueue<Batch> held = CollectingExporterFactory.batches("stuck-health");
        try (Graph graph = new GraphBuilder(
                        new ConfigLoader(Factories.load()).load(file, Map.of()),
                        MeterProvider.noop(),
                        Clock.system(),
                        new Journals(folder.resolve("journals")))
                .build()) {
            graph.start();
            assertThat(get(health, "/health").statusCode())
                    .as("nothing is pending")
                    .isEqualTo(200);
            post(graph);
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> get(health, "/health").statusCode() == 503);
            assertThat(get(health, "/health").body()).contains("\"stalled\":[\"traces\"]");
            assertThat(get(pages, "/debug/pipelinez").body()).contains("<td>traces</td>", "<td>[collecting]</td>");
            assertThat(get(pages, "/debug/extensionz").body()).contains("health_check", "zpages");
            held.poll(10, TimeUnit.SECONDS).receipt().delivered();
            assertThat(get(health, "/health").statusCode()).isEqualTo(200);
            graph.reload(new ConfigLoader(Factories.load())
                    .load(Files.writeString(file, Files.readString(file).replace("/health", "/other")), Map.of()));
            assertThat(get(health, "/other").statusCode())
                    .as("on the same port")
                    .isEqualTo(200);
            assertThat(get(health, "/health").statusCode()).isEqualTo(404);
        }
        assertThatThrownBy(() -> get(health, "/health")).isInstanceOf(IOException.class);
    }
}
