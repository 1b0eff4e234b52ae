package io.stackhouse.exporter.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import com.google.rpc.Status;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.stackhouse.exporter.delivery.RetryOnFailure;
import io.stackhouse.pipeline.Secret;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.otlp.ExportResponses;
import io.stackhouse.pipeline.otlp.ExportResponses.PartialSuccess;
import io.stackhouse.pipeline.testing.ManualClock;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpTransportIT {
    private static final Set<Integer> RETRYABLE = Set.of(429, 502, 503, 504);
    private static final byte[] REQUEST =
            "a request of some length, a request of some length".getBytes(StandardCharsets.UTF_8);

    private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    private volatile int status = 200;
    private volatile byte[] answer = ExportResponses.success();
    private volatile String contentType = "application/x-protobuf";
    private volatile String retryAfter = "";
    private volatile boolean isSilent;
    private HttpServer server;

    private record Received(String path, Map<String, java.util.List<String>> headers, byte[] body) {
        String header(String name) {
            return headers.getOrDefault(name, java.util.List.of("")).get(0);
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        received.add(new Received(
                exchange.getRequestURI().getPath(),
                Map.copyOf(exchange.getRequestHeaders()),
                exchange.getRequestBody().readAllBytes()));
        if (isSilent) {
            return;
        }
        exchange.getResponseHeaders().set("Content-Type", contentType);
        exchange.getResponseHeaders().set("Location", "/elsewhere");
        if (!retryAfter.isEmpty()) {
            exchange.getResponseHeaders().set("Retry-After", retryAfter);
        }
        exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    private HttpTransport transport(Compression compression, Duration timeout) {
        return transport(compression, timeout, server.getAddress().getPort());
    }

    private static HttpTransport transport(Compression compression, Duration timeout, int port) {
        OtlpHttpConfig config = new OtlpHttpConfig(
                "http://127.0.0.1:" + port,
                null,
                null,
                OtlpHttpConfig.Encoding.PROTO,
                TlsClientConfig.defaults(),
                compression,
                Map.of("Authorization", new Secret("Bearer abc")),
                timeout,
                OtlpLimits.MAX_REQUEST,
                RetryOnFailure.defaults(),
                SendingQueue.defaults());
        return new HttpTransport(config, "test", new ManualClock());
    }

    private Answer send(Compression compression, Signal signal) throws InterruptedException {
        try (HttpTransport transport = transport(compression, Duration.ofSeconds(10))) {
            return transport.send(signal, REQUEST);
        }
    }

    @Test
    void bringsARequestAndReadsTheAnswer() throws InterruptedException {
        assertThat(send(Compression.NONE, Signal.TRACES)).isEqualTo(new Answer.Taken(new PartialSuccess(0, "")));
        Received request = received.remove();
        assertThat(request.path()).isEqualTo("/v1/traces");
        assertThat(request.header("Content-type")).isEqualTo("application/x-protobuf");
        assertThat(request.header("Authorization")).isEqualTo("Bearer abc");
        assertThat(request.headers()).doesNotContainKey("Content-encoding");
        assertThat(request.body()).isEqualTo(REQUEST);
        answer = ExportResponses.partialSuccess(2, "mend it");
        assertThat(send(Compression.NONE, Signal.PROFILES))
                .isEqualTo(new Answer.Taken(new PartialSuccess(2, "mend it")));
        Received profiles = received.remove();
        assertThat(profiles.path()).isEqualTo("/v1development/profiles");
        assertThat(profiles.header("Otlp-profiles-development-version")).isEqualTo("1");
    }

    @Test
    void compresses() throws Exception {
        assertThat(send(Compression.GZIP, Signal.TRACES)).isInstanceOf(Answer.Taken.class);
        Received gzip = received.remove();
        assertThat(gzip.header("Content-encoding")).isEqualTo("gzip");
        assertThat(new GZIPInputStream(new ByteArrayInputStream(gzip.body())).readAllBytes())
                .isEqualTo(REQUEST);
        assertThat(send(Compression.ZSTD, Signal.TRACES)).isInstanceOf(Answer.Taken.class);
        Received zstd = received.remove();
        assertThat(zstd.header("Content-encoding")).isEqualTo("zstd");
        assertThat(Zstd.decompress(zstd.body(), REQUEST.length)).isEqualTo(REQUEST);
    }

    @Test
    void repeatsWhatTheSpecificationAllows() throws InterruptedException {
        answer = Status.newBuilder().setMessage("the reason").build().toByteArray();
        for (int code : new int[] {
            301, 302, 307, 400, 401, 403, 404, 405, 408, 413, 415, 422, 425, 429, 431, 500, 501, 502, 503, 504, 505, 507
        }) {
            status = code;
            assertThat(send(Compression.NONE, Signal.TRACES))
                    .isEqualTo(new Answer.Failed(RETRYABLE.contains(code), 0, "HTTP " + code + ": the reason"));
        }
        assertThat(received)
                .as("no redirect is followed")
                .allMatch(request -> request.path().equals("/v1/traces"));
    }

    @Test
    void keepsTheWaitThatTheServerAsksFor() throws InterruptedException {
        status = 503;
        retryAfter = "7";
        contentType = "text/plain";
        answer = "busy".getBytes(StandardCharsets.UTF_8);
        assertThat(send(Compression.NONE, Signal.TRACES))
                .isEqualTo(new Answer.Failed(true, 7_000_000_000L, "HTTP 503: busy"));
        status = 400;
        assertThat(send(Compression.NONE, Signal.TRACES)).isEqualTo(new Answer.Failed(false, 0, "HTTP 400: busy"));
    }

    @Test
    void anAnswerThatIsTooLongIsFinal() throws InterruptedException {
        answer = new byte[OtlpLimits.MAX_ANSWER_BYTES + 1];
        assertThat(send(Compression.NONE, Signal.TRACES))
                .isEqualTo(new Answer.Failed(false, 0, "its answer is longer than 4194304 bytes"));
    }

    @Test
    void aServerThatDoesNotAnswerIsAskedAgain() throws InterruptedException {
        isSilent = true;
        try (HttpTransport hasty = transport(Compression.NONE, Duration.ofMillis(300))) {
            Answer.Failed failed = (Answer.Failed) hasty.send(Signal.TRACES, REQUEST);
            assertThat(failed.isRetryable()).isTrue();
        }
    }

    @Test
    void aServerThatIsNotThereIsAskedAgain() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        try (HttpTransport lost = transport(Compression.NONE, Duration.ofSeconds(10), free)) {
            Answer.Failed failed = (Answer.Failed) lost.send(Signal.TRACES, REQUEST);
            assertThat(failed.isRetryable()).isTrue();
            assertThat(failed.message()).contains("ConnectException");
        }
    }
}
