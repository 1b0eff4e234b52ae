package io.stackhouse.receiver.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.stackhouse.pipeline.Inlet;
import io.stackhouse.pipeline.Inlets;
import io.stackhouse.pipeline.Signal;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** With TLS, client and server agree on the version of HTTP by ALPN. */
@Timeout(60)
class AlpnIT {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    Path folder;

    private KeyStore identity() throws Exception {
        Path file = folder.resolve("identity.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "test",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost,ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        file.toString())
                .inheritIO()
                .start();
        assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    private static SslContext server(KeyStore identity) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(identity, PASSWORD);
        return SslContextBuilder.forServer(keys)
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE,
                        SelectedListenerFailureBehavior.ACCEPT,
                        "h2",
                        "http/1.1"))
                .build();
    }

    private static SSLContext client(KeyStore identity) throws Exception {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(identity);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void theClientGetsTheVersionItAsksFor(HttpClient.Version version) throws Exception {
        KeyStore identity = identity();
        SslContext tls = server(identity);
        Readings readings = new Readings();
        RecordingInlet traces = new RecordingInlet();
        Intake intake = new Intake(
                RunningReceiver.config(new OtlpConfig.Protocols(null, new HttpSettings().http()), 8),
                new Inlets(Map.<Signal, Inlet>of(Signal.TRACES, traces)),
                new ReceiverMetrics(readings.telemetry()),
                readings.telemetry().clock());
        HttpService service = new HttpService(
                new HttpSettings().http(),
                PortSecurity.none(),
                intake,
                Runnable::run,
                new HttpMetrics(readings.telemetry(), Transport.HTTP));
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try {
            Channel port = new ServerBootstrap()
                    .group(loops)
                    .channel(NioServerSocketChannel.class)
                    .childHandler(
                            new HttpChannels(service, new DefaultChannelGroup(GlobalEventExecutor.INSTANCE), () -> tls))
                    .bind("127.0.0.1", 0)
                    .sync()
                    .channel();
            URI uri = URI.create(
                    "https://127.0.0.1:" + ((InetSocketAddress) port.localAddress()).getPort() + "/v1/traces");
            HttpClient client = HttpClient.newBuilder()
                    .version(version)
                    .sslContext(client(identity))
                    .build();
            HttpRequest request = HttpRequest.newBuilder(uri)
                    .header("Content-Type", "application/x-protobuf")
                    .POST(BodyPublishers.ofByteArray(Requests.traces(1).toByteArray()))
                    .build();
            for (int i = 0; i < 3; i++) {
                HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
                assertThat(response.statusCode()).isEqualTo(200);
                assertThat(response.version()).isEqualTo(version);
            }
            assertThat(traces.requests).hasSize(3);
            assertThat(readings.openConnections()).isEqualTo(1);
        } finally {
            loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }
}
