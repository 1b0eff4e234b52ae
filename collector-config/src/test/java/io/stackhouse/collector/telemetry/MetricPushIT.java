package io.stackhouse.collector.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.collector.metrics.v1.MetricsServiceGrpc;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.stackhouse.collector.config.CollectorConfig;
import io.stackhouse.collector.config.ConfigLoader;
import io.stackhouse.collector.config.Factories;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricPushIT {
    @TempDir
    Path folder;

    private CollectorConfig config(String readers) throws IOException {
        Path file = Files.writeString(folder.resolve("c.yaml"), """
                receivers:
                  otlp:
                exporters:
                  debug:
                service:
                  telemetry:
                    metrics:
                      readers: %s
                  pipelines:
                    traces: {receivers: [otlp], exporters: [debug]}
                """.formatted(readers));
        return new ConfigLoader(Factories.load()).load(file, Map.of());
    }

    @Test
    void sendsMetricsWithItsHeaders() throws Exception {
        BlockingQueue<byte[]> bodies = new LinkedBlockingQueue<>();
        BlockingQueue<String> tokens = new LinkedBlockingQueue<>();
        BlockingQueue<String> paths = new LinkedBlockingQueue<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            tokens.add(exchange.getRequestHeaders().getFirst("X-Token"));
            paths.add(exchange.getRequestURI().getPath());
            bodies.add(exchange.getRequestBody().readAllBytes());
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        CollectorConfig config = config(
                "[{periodic: {interval: 100, exporter: {otlp: {protocol: http/protobuf, endpoint: 'http://127.0.0.1:%d',"
                                .formatted(server.getAddress().getPort())
                        + " headers: [{name: X-Token, value: hidden}]}}}}]");
        assertThat(config.telemetry().toString()).doesNotContain("hidden");
        assertThat(config.telemetry().metrics().isServed()).isFalse();
        try (SelfMetrics metrics = SelfMetrics.start(config.telemetry().metrics())) {
            metrics.meters().get("test").counterBuilder("some_counter").build().add(3);
            // The first may have been sent before the counter was there.
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                byte[] body = bodies.poll(10, TimeUnit.SECONDS);
                assertThat(body).isNotNull();
                ExportMetricsServiceRequest request =
                        ExportMetricsServiceRequest.parseFrom(new GZIPInputStream(new ByteArrayInputStream(body)));
                assertThat(names(request)).contains("some_counter", "otelcol_process_uptime");
            });
            assertThat(tokens.remove()).isEqualTo("hidden");
            assertThat(paths.remove()).isEqualTo("/v1/metrics");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void sendsMetricsOverGrpcWithItsHeaders() throws Exception {
        BlockingQueue<ExportMetricsServiceRequest> requests = new LinkedBlockingQueue<>();
        BlockingQueue<String> tokens = new LinkedBlockingQueue<>();
        Metadata.Key<String> key = Metadata.Key.of("x-token", Metadata.ASCII_STRING_MARSHALLER);
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(new MetricsServiceGrpc.MetricsServiceImplBase() {
                    @Override
                    public void export(
                            ExportMetricsServiceRequest request, StreamObserver<ExportMetricsServiceResponse> answer) {
                        requests.add(request);
                        answer.onNext(ExportMetricsServiceResponse.getDefaultInstance());
                        answer.onCompleted();
                    }
                })
                .intercept(new ServerInterceptor() {
                    @Override
                    public <A, B> ServerCall.Listener<A> interceptCall(
                            ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
                        tokens.add(String.valueOf(headers.get(key)));
                        return next.startCall(call, headers);
                    }
                })
                .build()
                .start();
        CollectorConfig config =
                config("[{periodic: {interval: 100, exporter: {otlp: {protocol: grpc, endpoint: 'http://127.0.0.1:%d',"
                                .formatted(server.getPort())
                        + " headers: [{name: X-Token, value: hidden}]}}}}]");
        try (SelfMetrics metrics = SelfMetrics.start(config.telemetry().metrics())) {
            metrics.meters().get("test").counterBuilder("some_counter").build().add(3);
            // The first may have been sent before the counter was there.
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                ExportMetricsServiceRequest request = requests.poll(10, TimeUnit.SECONDS);
                assertThat(request).isNotNull();
                assertThat(names(request)).contains("some_counter", "otelcol_process_uptime");
            });
            assertThat(tokens.remove()).isEqualTo("hidden");
        } finally {
            server.shutdownNow();
        }
    }

    private static List<String> names(ExportMetricsServiceRequest request) {
        return request.getResourceMetrics(0).getScopeMetricsList().stream()
                .flatMap(scope -> scope.getMetricsList().stream())
                .map(Metric::getName)
                .toList();
    }

    @Test
    void severalReadersAreSentToAndOneMayCome() throws IOException {
        CollectorConfig config = config("[{pull: {exporter: {prometheus: {port: 0}}}},"
                + " {periodic: {interval: 5s, exporter: {otlp: {protocol: grpc, endpoint: 'https://a:4317'}}}},"
                + " {periodic: {exporter: {otlp: {endpoint: 'http://b/x', compression: none}}}}]");
        assertThat(config.telemetry().metrics().isServed()).isTrue();
        assertThat(config.telemetry().metrics().readers().get(1).periodic().every())
                .hasSeconds(5);
        assertThat(config.telemetry()
                        .metrics()
                        .readers()
                        .get(2)
                        .periodic()
                        .exporter()
                        .otlp()
                        .url())
                .isEqualTo("http://b/x");
    }

    @Test
    void mistakesAreTold() {
        assertThatThrownBy(() -> config("[{}]")).hasMessageContaining("either pull or periodic");
        assertThatThrownBy(() -> config("[{periodic: {interval: soon, exporter: {otlp: {endpoint: 'http://a'}}}}]"))
                .hasMessageContaining("interval 'soon' is no length of time");
        assertThatThrownBy(() -> config("[{periodic: {exporter: {otlp: {endpoint: 'a:4317'}}}}]"))
                .hasMessageContaining("endpoint 'a:4317' is no URL");
        assertThatThrownBy(() -> config("[{periodic: {exporter: {otlp: {endpoint: 'http://a', protocol: udp}}}}]"))
                .hasMessageContaining("allowed: grpc, http/protobuf");
    }
}
