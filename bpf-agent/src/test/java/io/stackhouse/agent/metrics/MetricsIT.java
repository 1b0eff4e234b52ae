package io.stackhouse.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

class MetricsIT {
    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void servesThePageAsItIsAtThatMoment() throws Exception {
        int[] calls = {0};
        try (MetricsServer server = MetricsServer.start(loopback(0), () -> "page " + ++calls[0] + "\n")) {
            assertThat(get(server, "/metrics").body()).isEqualTo("page 1\n");
            assertThat(get(server, "/metrics").body()).isEqualTo("page 2\n");
            assertThat(get(server, "/other").statusCode()).isEqualTo(404);
            assertThat(get(server, "/metrics/more").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void saysWhichAddressIsTaken() {
        try (MetricsServer server = MetricsServer.start(loopback(0), () -> "")) {
            int port = server.address().getPort();
            assertThatThrownBy(() -> MetricsServer.start(loopback(port), () -> ""))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining(":" + port);
        }
    }

    private HttpResponse<String> get(MetricsServer server, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
        return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
}
