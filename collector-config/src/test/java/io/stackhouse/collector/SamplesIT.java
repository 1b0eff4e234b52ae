package io.stackhouse.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.opentelemetry.api.metrics.MeterProvider;
import io.stackhouse.collector.config.CollectorConfig;
import io.stackhouse.collector.config.ConfigLoader;
import io.stackhouse.collector.config.ConfigSources;
import io.stackhouse.collector.config.ConfigTree;
import io.stackhouse.collector.config.Factories;
import io.stackhouse.collector.config.PipelineConfig;
import io.stackhouse.collector.graph.Graph;
import io.stackhouse.collector.graph.GraphBuilder;
import io.stackhouse.collector.graph.Journals;
import io.stackhouse.collector.testing.CountingFactory;
import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.ExporterFactory;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.testing.SyntheticProfiles;
import io.stackhouse.receiver.Listening;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The sample configurations are right and run: with their receivers, processors, extensions and journals; exporters have the settings of the
 * file and count what comes to them.
 */
@Timeout(120)
class SamplesIT {
    private static final String TOKEN = "the-token-of-the-test";

    @TempDir
    Path folder;

    static List<Path> samples() {
        try (Stream<Path> files = Files.list(Path.of("samples"))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void thereAreTwelveAndEachSaysWhenToUseIt() throws IOException {
        assertThat(samples()).hasSizeGreaterThanOrEqualTo(12);
        for (Path sample : samples()) {
            assertThat(Files.readAllLines(sample).get(0)).as("%s", sample).startsWith("# When ");
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void isRightAsItStands(Path sample) {
        CollectorConfig config = new ConfigLoader(Factories.load()).load(sample, Map.of());
        assertThat(config.warnings()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void bringsRequestsFromEachReceiverToEachExporter(Path sample) throws Exception {
        X509Bundle authority =
                certificate("authority").setIsCertificateAuthority(true).buildSelfSigned();
        Map<String, String> environment = environment(authority);
        Map<String, Integer> counts = new TreeMap<>();
        Factories factories = counting(Factories.load(), counts);
        CollectorConfig config = new ConfigLoader(factories)
                .load(new ConfigSources(List.of(sample.toString()), ownPorts(sample, environment)), environment);
        Graph graph = new GraphBuilder(
                        config, MeterProvider.noop(), Clock.system(), new Journals(folder.resolve("default")))
                .build();
        try (graph) {
            graph.start();
            HttpClient client =
                    HttpClient.newBuilder().sslContext(trusting(authority)).build();
            List<String> receivers = graph.listening().stream()
                    .filter(line -> line.startsWith("otlp"))
                    .toList();
            List<Listening.Port> ports = graph.ports().stream()
                    .filter(port -> port.protocol().equals("http"))
                    .filter(port -> receivers.stream().anyMatch(line -> line.endsWith(":" + port.port())))
                    .toList();
            assertThat(ports).isNotEmpty();
            for (Listening.Port port : ports) {
                boolean isTls = Files.readString(sample).contains("tls: *tls");
                for (Signal signal : signals(config)) {
                    assertThat(post(client, (isTls ? "https" : "http") + "://127.0.0.1:" + port.port(), signal))
                            .as("%s to %s", signal, port)
                            .isEqualTo(200);
                }
            }
        }
        Set<String> named = new TreeSet<>();
        config.pipelines().forEach(pipeline -> pipeline.exporters().forEach(id -> named.add(id.toString())));
        assertThat(counts.keySet()).as("exporters that something came to").isEqualTo(named);
    }

    private static Set<Signal> signals(CollectorConfig config) {
        Set<Signal> signals = new TreeSet<>();
        config.pipelines().stream().map(PipelineConfig::signal).forEach(signals::add);
        return signals;
    }

    private static int post(HttpClient client, String address, Signal signal) throws Exception {
        boolean isTraces = signal == Signal.TRACES;
        byte[] body = isTraces ? OneSpan.REQUEST : SyntheticProfiles.request(20, SyntheticProfiles.Shape.ONE_VALUE);
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(address + (isTraces ? "/v1/traces" : "/v1development/profiles")))
                .header("Content-Type", "application/x-protobuf")
                .header("Authorization", "Bearer " + TOKEN)
                .POST(BodyPublishers.ofByteArray(body))
                .build();
        return client.send(request, BodyHandlers.discarding()).statusCode();
    }

    /** The factories of all exporters make ones that count. */
    private static Factories counting(Factories all, Map<String, Integer> counts) {
        Map<String, ExporterFactory<?>> exporters = new TreeMap<>();
        all.exporters().forEach((type, factory) -> exporters.put(type, new CountingFactory<>(factory, counts)));
        return new Factories(all.receivers(), all.processors(), exporters, all.extensions());
    }

    /** Settings that let every port of the sample be a free one. */
    private static List<String> ownPorts(Path sample, Map<String, String> environment) {
        CollectorConfig config = new ConfigLoader(Factories.load()).load(sample, environment);
        List<String> settings = new ArrayList<>();
        Map<?, ?> tree = ConfigTree.tree(config);
        ((Map<?, ?>) tree.get("receivers")).forEach((id, receiver) -> {
            Map<?, ?> protocols = (Map<?, ?>) ((Map<?, ?>) receiver).get("protocols");
            protocols
                    .keySet()
                    .forEach(protocol ->
                            settings.add("receivers::" + id + "::protocols::" + protocol + "::endpoint=127.0.0.1:0"));
        });
        if (tree.get("extensions") instanceof Map<?, ?> extensions) {
            extensions.forEach((id, extension) -> {
                if (((Map<?, ?>) extension).containsKey("endpoint")) {
                    settings.add("extensions::" + id + "::endpoint=127.0.0.1:0");
                }
            });
        }
        return settings;
    }

    private Map<String, String> environment(X509Bundle authority) throws Exception {
        X509Bundle server = certificate("localhost")
                .addSanDnsName("localhost")
                .addSanIpAddress("127.0.0.1")
                .addExtendedKeyUsageServerAuth()
                .buildIssuedBy(authority);
        Files.writeString(folder.resolve("server.crt"), server.getCertificatePathPEM());
        Files.writeString(folder.resolve("server.key"), server.getPrivateKeyPEM());
        Files.writeString(folder.resolve("ca.crt"), authority.getCertificatePathPEM());
        Files.writeString(folder.resolve("tokens"), TOKEN);
        return Map.of(
                "SECRETS",
                folder.toString(),
                "STATE_DIRECTORY",
                folder.resolve("state").toString());
    }

    private static CertificateBuilder certificate(String name) {
        return new CertificateBuilder()
                .ecp256()
                .subject("CN=" + name)
                .notBefore(Instant.now().minus(Duration.ofDays(1)))
                .notAfter(Instant.now().plus(Duration.ofDays(1)));
    }

    private static SSLContext trusting(X509Bundle authority) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("authority", authority.getCertificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
