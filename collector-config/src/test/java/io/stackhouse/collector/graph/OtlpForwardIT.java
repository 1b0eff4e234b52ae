package io.stackhouse.collector.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.stackhouse.collector.config.ConfigLoader;
import io.stackhouse.collector.config.Factories;
import io.stackhouse.collector.testing.CollectingExporterFactory;
import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.batch.SpanBatch.SpanGroup;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.otlp.OtlpDecoder;
import io.stackhouse.pipeline.testing.Corpus;
import io.stackhouse.pipeline.testing.ProfileText;
import io.stackhouse.pipeline.testing.RandomProfiles;
import io.stackhouse.pipeline.testing.RandomTraces;
import io.stackhouse.pipeline.testing.Traces;
import io.stackhouse.receiver.Listening.Port;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A collector sends on to another: what comes out of the second is what came into the first. */
class OtlpForwardIT {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    private Graph graph(String yaml) throws IOException {
        Path file = Files.writeString(folder.resolve("c.yaml"), yaml);
        return new GraphBuilder(
                        new ConfigLoader(Factories.load()).load(file, Map.of()),
                        MeterProvider.noop(),
                        Clock.system(),
                        new Journals(folder.resolve("journals")))
                .build();
    }

    private Graph second(String name, int grpcPort, int httpPort) throws IOException {
        return graph("""
                receivers:
                  otlp:
                    protocols:
                      grpc: {endpoint: "127.0.0.1:%d"}
                      http: {endpoint: "127.0.0.1:%d"}
                exporters:
                  collecting: {name: %s}
                service:
                  pipelines:
                    profiles: {receivers: [otlp], exporters: [collecting]}
                    traces: {receivers: [otlp], exporters: [collecting]}
                """.formatted(grpcPort, httpPort, name));
    }

    private Graph first(String exporter) throws IOException {
        return graph("""
                receivers:
                  otlp: {protocols: {http: {endpoint: "127.0.0.1:0"}}}
                exporters:
                  %s
                service:
                  journal: {ack: memory}
                  pipelines:
                    profiles: {receivers: [otlp], exporters: [next]}
                    traces: {receivers: [otlp], exporters: [next]}
                """.replace("[next]", "[" + exporter.substring(0, exporter.indexOf(':')) + "]")
                .formatted(exporter));
    }

    private static int port(Graph graph, String protocol) {
        return graph.ports().stream()
                .filter(port -> port.protocol().equals(protocol))
                .mapToInt(Port::port)
                .findFirst()
                .orElseThrow();
    }

    private static int post(Graph graph, Signal signal, byte[] body) throws Exception {
        String path = signal == Signal.TRACES ? "/v1/traces" : "/v1development/profiles";
        URI uri = URI.create("http://127.0.0.1:" + port(graph, "http") + path);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/x-protobuf")
                .POST(BodyPublishers.ofByteArray(body))
                .build();
        return CLIENT.send(request, BodyHandlers.discarding()).statusCode();
    }

    private static Batch decoded(Signal signal, byte[] body) {
        return OtlpDecoder.decode(signal, 1, body, 7, MemoryLease.counting());
    }

    private static List<Object> text(Batch batch) {
        if (batch instanceof ProfileBatch profiles) {
            return new ArrayList<>(ProfileText.of(profiles));
        }
        List<Object> out = new ArrayList<>();
        for (SpanGroup group : ((SpanBatch) batch).groups()) {
            out.add(group.resource().attributes());
            out.add(group.resource().schemaUrl());
            out.add(group.scope());
            out.addAll(group.spans());
        }
        return out;
    }

    private static void assertPassesOn(Graph from, BlockingQueue<Batch> to, Signal signal, byte[] body, String what)
            throws Exception {
        assertThat(post(from, signal, body)).as(what).isEqualTo(200);
        Batch arrived = to.poll(20, TimeUnit.SECONDS);
        assertThat(arrived).as(what).isNotNull();
        assertThat(text(arrived)).as(what).isEqualTo(text(decoded(signal, body)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "otlp_grpc: {endpoint: 'http://127.0.0.1:GRPC'}",
                "otlp: {endpoint: '127.0.0.1:GRPC', tls: {insecure: true}, compression: zstd}",
                "otlp_http: {endpoint: 'http://127.0.0.1:HTTP'}",
                "otlphttp: {endpoint: 'http://127.0.0.1:HTTP/', compression: zstd}",
                "otlp_http: {endpoint: 'http://127.0.0.1:HTTP', compression: none}"
            })
    void whatComesOutOfTheSecondIsWhatCameIntoTheFirst(String exporter) throws Exception {
        long seed = new Random().nextLong() >>> 1;
        String name = "second-of-" + exporter.hashCode();
        BlockingQueue<Batch> arrived = CollectingExporterFactory.batches(name);
        try (Graph second = second(name, 0, 0)) {
            second.start();
            String addressed = exporter.replace("GRPC", String.valueOf(port(second, "grpc")))
                    .replace("HTTP", String.valueOf(port(second, "http")));
            try (Graph first = first(addressed)) {
                first.start();
                for (Corpus.Payload payload : Corpus.profiles()) {
                    assertPassesOn(first, arrived, Signal.PROFILES, payload.message(), payload.name());
                }
                for (long i = seed; i < seed + 20; i++) {
                    byte[] profiles = new RandomProfiles(i).request().toByteArray();
                    if (((ProfileBatch) decoded(Signal.PROFILES, profiles)).profileCount() > 0) {
                        assertPassesOn(first, arrived, Signal.PROFILES, profiles, "seed " + i);
                    }
                    ExportTraceServiceRequest spans = new RandomTraces(i).request();
                    if (decoded(Signal.TRACES, spans.toByteArray()).size() > 0) {
                        assertPassesOn(first, arrived, Signal.TRACES, spans.toByteArray(), "seed " + i);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "otlp_grpc: {endpoint: 'localhost:GRPC', tls: {ca_file: CA, cert_file: CRT, key_file: KEY}}",
                "otlp_http: {endpoint: 'https://localhost:HTTP', tls: {ca_file: CA, cert_file: CRT, key_file: KEY}}",
                "otlp_http: {endpoint: 'https://127.0.0.1:HTTP', tls: {insecure_skip_verify: true, cert_file: CRT, key_file: KEY}}"
            })
    void bothSidesMayHaveCertificates(String exporter) throws Exception {
        X509Bundle authority = certificate("ca").setIsCertificateAuthority(true).buildSelfSigned();
        X509Bundle server = certificate("localhost")
                .addSanDnsName("localhost")
                .addExtendedKeyUsageServerAuth()
                .buildIssuedBy(authority);
        X509Bundle client =
                certificate("client").addExtendedKeyUsageClientAuth().buildIssuedBy(authority);
        Path ca = Files.writeString(folder.resolve("ca.pem"), authority.getCertificatePEM());
        Files.writeString(folder.resolve("server.crt"), server.getCertificatePathPEM());
        Files.writeString(folder.resolve("server.key"), server.getPrivateKeyPEM());
        Path crt = Files.writeString(folder.resolve("client.crt"), client.getCertificatePathPEM());
        Path key = Files.writeString(folder.resolve("client.key"), client.getPrivateKeyPEM());
        String name = "secured-" + exporter.hashCode();
        String tls = "tls: {cert_file: FOLDER/server.crt, key_file: FOLDER/server.key, client_ca_file: FOLDER/ca.pem}"
                .replace("FOLDER", folder.toString());
        BlockingQueue<Batch> arrived = CollectingExporterFactory.batches(name);
        try (Graph second = graph("""
                receivers:
                  otlp:
                    protocols:
                      grpc: {endpoint: "127.0.0.1:0", TLS}
                      http: {endpoint: "127.0.0.1:0", TLS}
                exporters:
                  collecting: {name: NAME}
                service:
                  pipelines:
                    traces: {receivers: [otlp], exporters: [collecting]}
                """.replace("TLS", tls).replace("NAME", name))) {
            second.start();
            String addressed = exporter.replace("GRPC", String.valueOf(port(second, "grpc")))
                    .replace("HTTP", String.valueOf(port(second, "http")))
                    .replace("CA,", ca + ",")
                    .replace("CRT", crt.toString())
                    .replace("KEY", key.toString());
            try (Graph first = first(addressed)) {
                first.start();
                assertPassesOn(first, arrived, Signal.TRACES, spans(1), exporter);
            }
        }
    }

    private static CertificateBuilder certificate(String name) {
        return new CertificateBuilder()
                .ecp256()
                .subject("CN=" + name)
                .notBefore(Instant.now().minus(Duration.ofDays(1)))
                .notAfter(Instant.now().plus(Duration.ofDays(1)));
    }

    @Test
    void aNextHopThatIsAwayGetsAllWhenItComesBack() throws Exception {
        int grpc = free();
        int http = free();
        BlockingQueue<Batch> arrived = CollectingExporterFactory.batches("late");
        byte[] body = spans(1);
        try (Graph first = first(
                "otlp: {endpoint: 'http://127.0.0.1:%d', retry_on_failure: {initial_interval: 50ms, max_interval: 100ms}}"
                        .formatted(grpc))) {
            first.start();
            for (int i = 0; i < 30; i++) {
                assertThat(post(first, Signal.TRACES, body)).isEqualTo(200);
            }
            assertThat(arrived).isEmpty();
            try (Graph second = second("late", grpc, http)) {
                second.start();
                for (int i = 0; i < 30; i++) {
                    assertThat(arrived.poll(20, TimeUnit.SECONDS)).isNotNull();
                }
            }
        }
        assertThat(arrived).isEmpty();
    }

    @Test
    void whatCouldNotBeSentIsSentAfterTheNextStart() throws Exception {
        int grpc = free();
        int http = free();
        BlockingQueue<Batch> arrived = CollectingExporterFactory.batches("restarted");
        String exporter = "otlp_grpc: {endpoint: 'http://127.0.0.1:%d'}".formatted(grpc);
        try (Graph first = graph(onDisk(exporter))) {
            first.start();
            for (int i = 0; i < 20; i++) {
                byte[] body = Traces.realistic(1 + i).toByteArray();
                assertThat(post(first, Signal.TRACES, body)).isEqualTo(200);
            }
        }
        try (Graph second = second("restarted", grpc, http);
                Graph again = graph(onDisk(exporter))) {
            second.start();
            again.start();
            List<Integer> sizes = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Batch batch = arrived.poll(20, TimeUnit.SECONDS);
                assertThat(batch).as("after " + sizes).isNotNull();
                sizes.add(batch.size());
            }
            assertThat(sizes).doesNotHaveDuplicates();
        }
        assertThat(arrived).isEmpty();
    }

    private String onDisk(String exporter) {
        return """
                receivers:
                  otlp: {protocols: {http: {endpoint: "127.0.0.1:0"}}}
                exporters:
                  EXPORTER
                service:
                  journal: {directory: FOLDER, max_disk_size: 16MiB}
                  pipelines:
                    traces: {receivers: [otlp], exporters: [otlp_grpc]}
                """.replace("EXPORTER", exporter)
                .replace("FOLDER", folder.resolve("kept").toString());
    }

    private static byte[] spans(long seed) {
        ExportTraceServiceRequest request = new RandomTraces(seed).request();
        while (decoded(Signal.TRACES, request.toByteArray()).size() == 0) {
            request = new RandomTraces(new Random().nextLong()).request();
        }
        return request.toByteArray();
    }

    private static int free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
