package io.stackhouse.collector.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stackhouse.collector.config.TelemetryConfig;
import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.PipelineStatus;
import io.stackhouse.pipeline.ServiceStatus;
import io.stackhouse.pipeline.Telemetry;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AdminPagesIT {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static HttpResponse<String> get(int port, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + port + path);
        return CLIENT.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    private static ServiceStatus service() {
        return new ServiceStatus() {
            @Override
            public Phase phase() {
                return Phase.RUNNING;
            }

            @Override
            public List<PipelineStatus> pipelines() {
                List<ComponentId> odd = List.of(new ComponentId("otlp", "<script>"));
                return List.of(new PipelineStatus(
                        "profiles",
                        new PipelineStatus.Parts(odd, List.of(), odd),
                        new PipelineStatus.Flow(3, 2_500_000_000L, 0, 17, 1)));
            }

            @Override
            public List<ComponentId> extensions() {
                return List.of(ComponentId.parse("zpages"), ComponentId.parse("health_check/b"));
            }
        };
    }

    @Test
    void zpagesShowTheService() throws Exception {
        Zpages zpages = new Zpages(new ZpagesConfig("127.0.0.1:0"), Telemetry.none());
        zpages.observe(service());
        zpages.start();
        try {
            int port = zpages.ports().get(0).port();
            assertThat(get(port, "/debug/servicez").body()).contains("RUNNING", "/debug/pipelinez", "Recent warnings");
            String pipelines = get(port, "/debug/pipelinez").body();
            assertThat(pipelines)
                    .contains("<td>profiles</td>", "<td>3</td><td>2.5</td><td>0.0</td><td>17</td><td>1</td>")
                    .contains("otlp/&lt;script&gt;")
                    .doesNotContain("<script");
            assertThat(get(port, "/debug/extensionz").body()).contains("<td>zpages</td>", "<td>health_check/b</td>");
            assertThat(get(port, "/debug/threadz").body()).contains("threadsPage");
            HttpResponse<String> heap = get(port, "/debug/heapz");
            assertThat(heap.body()).contains("Collections");
            assertThat(heap.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
            assertThat(heap.headers().firstValue("Cache-Control")).contains("no-store");
        } finally {
            zpages.close();
            zpages.close();
        }
    }

    @Test
    void onlyKnownPagesAndMethodsAreAnswered() throws Exception {
        TelemetryConfig.Address free = AdminEndpoint.parse("127.0.0.1:0");
        try (PageServer server = PageServer.start(
                "pages", free, Map.of("/", () -> new PageServer.Answer(200, "text/plain", "here"), "/broken", () -> {
                    throw new IllegalStateException("this page is broken");
                }))) {
            assertThat(get(server.port(), "/").body()).isEqualTo("here");
            assertThat(get(server.port(), "/?a=b").body()).isEqualTo("here");
            assertThat(get(server.port(), "/other").statusCode()).isEqualTo(404);
            assertThat(get(server.port(), "/broken").statusCode()).isEqualTo(500);
            URI uri = URI.create("http://127.0.0.1:" + server.port() + "/");
            HttpRequest post = HttpRequest.newBuilder(uri)
                    .POST(BodyPublishers.ofString("x"))
                    .build();
            assertThat(CLIENT.send(post, BodyHandlers.ofString()).statusCode()).isEqualTo(405);
            HttpRequest head = HttpRequest.newBuilder(uri)
                    .method("HEAD", BodyPublishers.noBody())
                    .build();
            assertThat(CLIENT.send(head, BodyHandlers.ofString()).body()).isEmpty();
        }
    }

    @Test
    void aTakenPortIsTold() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            HealthCheckConfig defaults = HealthCheckConfig.defaults();
            HealthCheck check = new HealthCheck(
                    new HealthCheckConfig("127.0.0.1:" + taken.getLocalPort(), "/", null, defaults.stalledData()),
                    Telemetry.none());
            assertThatThrownBy(check::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("can't listen on 127.0.0.1:" + taken.getLocalPort())
                    .hasMessageContaining("set endpoint");
            check.close();
        }
    }
}
