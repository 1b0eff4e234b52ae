package io.stackhouse.receiver.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.X509Bundle;
import io.opentelemetry.proto.collector.profiles.v1development.ProfilesServiceGrpc;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.receiver.tls.Certificates;
import io.stackhouse.receiver.tls.TlsConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS of both ports, with certificates made here. */
@Timeout(120)
class TlsIT {
    private static final byte[] PROFILES = Requests.profiles().toByteArray();
    private static final int RELOAD_MILLIS = 20;

    @TempDir
    Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private X509Bundle authority;
    private Path certificate;
    private Path key;

    @BeforeEach
    void makeAuthority() throws Exception {
        authority = Certificates.authority("authority");
        certificate = folder.resolve("server.crt");
        key = folder.resolve("server.key");
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private void write(X509Bundle server) throws IOException {
        Files.writeString(certificate, server.getCertificatePathPEM());
        Files.writeString(key, server.getPrivateKeyPEM());
    }

    private TlsConfig config(@Nullable Path clientAuthority, String minVersion) {
        return Certificates.config(certificate, key, clientAuthority, minVersion, RELOAD_MILLIS);
    }

    private RunningReceiver start(TlsConfig tls) {
        HttpSettings http = new HttpSettings();
        http.tls = tls;
        GrpcSettings grpc = new GrpcSettings();
        grpc.tls = tls;
        OtlpConfig.Protocols both = new OtlpConfig.Protocols(grpc.grpc(), http.http());
        RunningReceiver receiver = RunningReceiver.start(RunningReceiver.config(both, 64), Signal.values());
        open.add(receiver);
        return receiver;
    }

    /** What a client knows: whom it trusts, and perhaps who it is. */
    private static SSLContext client(X509Bundle trusted, @Nullable X509Bundle self) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        KeyManager[] keys = self == null ? null : self.toKeyManagerFactory().getKeyManagers();
        context.init(keys, trusted.toTrustManagerFactory().getTrustManagers(), null);
        return context;
    }

    private HttpResponse<Void> post(
            RunningReceiver receiver, SSLContext client, HttpClient.Version version, String host) throws Exception {
        return post(HttpClient.newBuilder().sslContext(client).version(version).build(), receiver, host);
    }

    private static HttpResponse<Void> post(HttpClient client, RunningReceiver receiver, String host) throws Exception {
        URI uri = URI.create("https://" + host + ":" + receiver.httpPort() + "/v1development/profiles");
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/x-protobuf")
                .timeout(Duration.ofSeconds(20))
                .POST(BodyPublishers.ofByteArray(PROFILES))
                .build();
        return client.send(request, BodyHandlers.discarding());
    }

    private ManagedChannel channel(RunningReceiver receiver, X509Bundle trusted, @Nullable X509Bundle self, String host)
            throws Exception {
        SslContextBuilder builder = SslContextBuilder.forClient().trustManager(trusted.getCertificate());
        if (self != null) {
            builder.keyManager(self.getKeyPair().getPrivate(), self.getCertificatePath());
        }
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", receiver.grpcPort())
                .overrideAuthority(host)
                .sslContext(GrpcSslContexts.configure(builder, SslProvider.JDK).build())
                .build();
        open.add(channel::shutdownNow);
        return channel;
    }

    private static void export(ManagedChannel channel) {
        Object unused = ProfilesServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .export(Requests.profiles());
    }

    private void assertGrpcRefused(
            RunningReceiver receiver, X509Bundle trusted, @Nullable X509Bundle self, String host) {
        assertThatThrownBy(() -> export(channel(receiver, trusted, self, host)))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
    }

    private static long tlsMetric(RunningReceiver receiver, String name, String transport) {
        return receiver.readings.sum("otelcol_receiver_tls_" + name, "transport", transport);
    }

    /** The certificate that a new connection is shown. */
    private static X509Certificate shown(int port, SSLContext client) throws IOException {
        try (SSLSocket socket = (SSLSocket) client.getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.setSoTimeout(20_000);
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void overHttp(HttpClient.Version version) throws Exception {
        write(Certificates.server(authority));
        RunningReceiver receiver = start(config(null, "1.2"));
        HttpResponse<Void> response = post(receiver, client(authority, null), version, "localhost");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.version()).isEqualTo(version);
        assertThat(response.sslSession().orElseThrow().getProtocol()).isEqualTo("TLSv1.3");
        assertThat(receiver.profiles.requests).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.2", "1.3"})
    void overGrpc(String minVersion) throws Exception {
        write(Certificates.server(authority));
        RunningReceiver receiver = start(config(null, minVersion));
        export(channel(receiver, authority, null, "localhost"));
        assertThat(receiver.profiles.requests).hasSize(1);
    }

    @Test
    void aClientThatTrustsAnotherAuthorityOrWantsAnotherHostSendsNothing() throws Exception {
        write(Certificates.server(authority));
        RunningReceiver receiver = start(config(null, "1.2"));
        X509Bundle other = Certificates.authority("other");
        for (HttpClient.Version version : HttpClient.Version.values()) {
            assertThatThrownBy(() -> post(receiver, client(other, null), version, "localhost"))
                    .isInstanceOf(IOException.class);
        }
        assertGrpcRefused(receiver, other, null, "localhost");
        assertGrpcRefused(receiver, authority, null, "example.com");
        write(Certificates.server(authority, "example.com", Instant.now().minusSeconds(60), Duration.ofHours(1)));
        SSLContext client = client(authority, null);
        Awaitility.await()
                .until(() -> shown(receiver.httpPort(), client)
                        .getSubjectX500Principal()
                        .getName()
                        .equals("CN=example.com"));
        assertThatThrownBy(() -> post(receiver, client, HttpClient.Version.HTTP_1_1, "localhost"))
                .isInstanceOf(SSLException.class);
        assertThat(receiver.profiles.requests).isEmpty();
    }

    @Test
    void clearTextIsNotAnswered() throws Exception {
        write(Certificates.server(authority));
        RunningReceiver receiver = start(config(null, "1.2"));
        String http = "POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";
        for (int port : List.of(receiver.httpPort(), receiver.grpcPort())) {
            assertThat(answer(port, http.getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
                    .as("no HTTP")
                    .doesNotContain((byte) 'H');
        }
        ManagedChannel plain = NettyChannelBuilder.forAddress("127.0.0.1", receiver.grpcPort())
                .usePlaintext()
                .build();
        open.add(plain::shutdownNow);
        assertThatThrownBy(() -> export(plain)).isInstanceOf(StatusRuntimeException.class);
        assertThat(receiver.profiles.requests).isEmpty();
    }

    private static byte[] answer(int port, byte[] sent) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(sent);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            socket.getInputStream().transferTo(out);
            return out.toByteArray();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0x0300, 0x0301, 0x0302})
    void oldVersionsAreRefused(int version) throws Exception {
        write(Certificates.server(authority));
        RunningReceiver receiver = start(config(null, "1.2"));
        // ClientHello: version, 32 random bytes, no session, two suites of old times, no compression, no extensions.
        String body = "%04x".formatted(version) + "11".repeat(32) + "00" + "0004c013002f" + "0100";
        String hello = "01" + "%06x".formatted(body.length() / 2) + body;
        String sent = "160301" + "%04x".formatted(hello.length() / 2) + hello;
        for (int port : List.of(receiver.httpPort(), receiver.grpcPort())) {
            byte[] answer = answer(port, HexFormat.of().parseHex(sent));
            assertThat(answer).hasSize(7);
            assertThat(answer[0]).as("an alert").isEqualTo((byte) 0x15);
            assertThat(answer[6]).as("protocol_version").isEqualTo((byte) 70);
        }
    }

    @Test
    void weakSuitesAndVersionsBelowTheMinimumAreRefused() throws Exception {
        write(Certificates.server(authority));
        SSLContext client = client(authority, null);
        RunningReceiver receiver = start(config(null, "1.2"));
        RunningReceiver strict = start(config(null, "1.3"));
        SSLParameters weak =
                new SSLParameters(new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"}, new String[] {"TLSv1.2"});
        SSLParameters good =
                new SSLParameters(new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"}, new String[] {"TLSv1.2"});
        for (int port : List.of(receiver.httpPort(), receiver.grpcPort())) {
            assertThatThrownBy(() -> handshake(port, client, weak)).isInstanceOf(SSLException.class);
            assertThat(handshake(port, client, good)).isEqualTo("TLSv1.2");
        }
        for (int port : List.of(strict.httpPort(), strict.grpcPort())) {
            assertThatThrownBy(() -> handshake(port, client, good)).isInstanceOf(SSLException.class);
        }
    }

    private static String handshake(int port, SSLContext client, SSLParameters parameters) throws IOException {
        try (SSLSocket socket = (SSLSocket) client.getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.setSoTimeout(20_000);
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return socket.getSession().getProtocol();
        }
    }

    @Test
    void doesNotStartWithWhatCannotBeUsed() throws Exception {
        Instant now = Instant.now();
        X509Bundle good = Certificates.server(authority);
        assertDoesNotStart("there is no file " + certificate);
        write(good);
        Files.delete(key);
        assertDoesNotStart("there is no file " + key);
        write(good);
        Files.writeString(key, Certificates.server(authority).getPrivateKeyPEM());
        assertDoesNotStart("the key in " + key + " is not that of the certificate in " + certificate);
        write(Certificates.server(authority, "localhost", now.minusSeconds(7_200), Duration.ofHours(1)));
        assertDoesNotStart(certificate + ": the certificate has expired at");
        write(Certificates.server(authority, "localhost", now.plusSeconds(7_200), Duration.ofHours(1)));
        assertDoesNotStart(certificate + ": the certificate is not valid before");
        write(good);
        Files.writeString(key, "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
        assertDoesNotStart(key + ": the key is encrypted");
    }

    private void assertDoesNotStart(String reason) {
        assertThatThrownBy(() -> start(config(null, "1.2")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("TLS can't be had: ")
                .hasMessageContaining(reason);
    }

    @Test
    void clientsMustShowACertificateOfTheRightAuthority() throws Exception {
        write(Certificates.server(authority));
        X509Bundle clients = Certificates.authority("clients");
        Path file = Files.writeString(folder.resolve("clients.crt"), clients.getCertificatePEM());
        RunningReceiver receiver = start(config(file, "1.2"));
        X509Bundle right = Certificates.client(clients);
        X509Bundle wrong = Certificates.client(Certificates.authority("clients"));
        for (HttpClient.Version version : HttpClient.Version.values()) {
            assertThatThrownBy(() -> post(receiver, client(authority, null), version, "localhost"))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> post(receiver, client(authority, wrong), version, "localhost"))
                    .isInstanceOf(IOException.class);
        }
        assertGrpcRefused(receiver, authority, null, "localhost");
        assertGrpcRefused(receiver, authority, wrong, "localhost");
        assertThat(receiver.profiles.requests).isEmpty();
        Awaitility.await().until(() -> tlsMetric(receiver, "handshake_failures", "http") >= 4);
        Awaitility.await().until(() -> tlsMetric(receiver, "handshake_failures", "grpc") >= 2);
        for (HttpClient.Version version : HttpClient.Version.values()) {
            assertThat(post(receiver, client(authority, right), version, "localhost")
                            .statusCode())
                    .isEqualTo(200);
        }
        export(channel(receiver, authority, right, "localhost"));
        assertThat(receiver.profiles.requests).hasSize(3);
    }

    @Test
    void anAuthorityOfClientsThatIsTakenAwayIsNotTrustedByNewConnections() throws Exception {
        write(Certificates.server(authority));
        X509Bundle before = Certificates.authority("before");
        X509Bundle after = Certificates.authority("after");
        Path file = Files.writeString(folder.resolve("clients.crt"), before.getCertificatePEM());
        RunningReceiver receiver = start(config(file, "1.2"));
        SSLContext old = client(authority, Certificates.client(before));
        SSLContext next = client(authority, Certificates.client(after));
        assertThat(post(receiver, old, HttpClient.Version.HTTP_1_1, "localhost").statusCode())
                .isEqualTo(200);
        Files.writeString(file, after.getCertificatePEM());
        Awaitility.await()
                .ignoreExceptions()
                .until(() -> post(receiver, next, HttpClient.Version.HTTP_1_1, "localhost")
                                .statusCode()
                        == 200);
        // The same context: it has a session with the port from before.
        assertThatThrownBy(() -> post(receiver, old, HttpClient.Version.HTTP_1_1, "localhost"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aHalfWrittenFileKeepsTheOldCertificate() throws Exception {
        X509Bundle first = Certificates.server(authority);
        X509Bundle second = Certificates.server(authority);
        write(first);
        RunningReceiver receiver = start(config(null, "1.2"));
        SSLContext client = client(authority, null);
        String whole = second.getCertificatePathPEM();
        Files.writeString(certificate, whole.substring(0, whole.length() / 2));
        Files.writeString(key, second.getPrivateKeyPEM());
        for (int i = 0; i < 20; i++) {
            assertThat(shown(receiver.httpPort(), client)).isEqualTo(first.getCertificate());
            assertThat(shown(receiver.grpcPort(), client)).isEqualTo(first.getCertificate());
        }
        for (String transport : List.of("grpc", "http")) {
            Awaitility.await().until(() -> tlsMetric(receiver, "reload_failures", transport) > 0);
            // A day of validity is left.
            assertThat(tlsMetric(receiver, "certificate_expiry_seconds", transport))
                    .isBetween(80_000L, 86_400L);
        }
        Files.writeString(certificate, whole);
        Awaitility.await().until(() -> shown(receiver.httpPort(), client).equals(second.getCertificate()));
        Awaitility.await().until(() -> shown(receiver.grpcPort(), client).equals(second.getCertificate()));
    }

    @Test
    void aCertificateRotatesUnderLoadWithoutADroppedConnection() throws Exception {
        write(Certificates.server(authority));
        RunningReceiver receiver = start(config(null, "1.2"));
        SSLContext client = client(authority, null);
        AtomicBoolean isOver = new AtomicBoolean();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AtomicInteger sent = new AtomicInteger();
        ManagedChannel grpc = channel(receiver, authority, null, "localhost");
        HttpClient http1 = HttpClient.newBuilder()
                .sslContext(client)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
        HttpClient http2 = HttpClient.newBuilder().sslContext(client).build();
        List<Thread> load = List.of(
                repeat(isOver, failure, sent, () -> export(grpc)),
                repeat(isOver, failure, sent, () -> post(http1, receiver, "localhost")),
                repeat(isOver, failure, sent, () -> post(http2, receiver, "localhost")));
        for (int round = 0; round < 5; round++) {
            X509Bundle next = Certificates.server(authority);
            write(next);
            Awaitility.await().until(() -> shown(receiver.httpPort(), client).equals(next.getCertificate()));
            Awaitility.await().until(() -> shown(receiver.grpcPort(), client).equals(next.getCertificate()));
            int before = sent.get();
            Awaitility.await().until(() -> failure.get() != null || sent.get() > before + 30);
        }
        isOver.set(true);
        for (Thread thread : load) {
            thread.join();
        }
        assertThat(failure.get()).isNull();
        assertThat(receiver.profiles.requests).hasSize(sent.get());
    }

    private interface Work {
        void run() throws Exception;
    }

    private static Thread repeat(
            AtomicBoolean isOver, AtomicReference<Throwable> failure, AtomicInteger sent, Work work) {
        Thread thread = new Thread(() -> {
            while (!isOver.get() && failure.get() == null) {
                try {
                    work.run();
                    sent.incrementAndGet();
                } catch (Exception | Error e) {
                    failure.compareAndSet(null, e);
                }
            }
        });
        thread.start();
        return thread;
    }
}
