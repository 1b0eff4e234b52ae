package io.stackhouse.receiver.tls;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.receiver.files.ReloadedFiles;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLException;

/**
 * TLS of one port, with Java's own implementation: certificate, key and issuers of clients' certificates are read from files, and
 * again when these change. Connections that are open live on with what they began with; new ones, also those that would go on with
 * an old session, see the new files.
 *
 * <p>Threads: {@link #context} and {@link #watch} any, {@link #start} and {@link #close} one. Files that can't be used at the start
 * end it; later the old ones stay, which is logged and counted.
 */
public final class ServerTls implements AutoCloseable {
    private record Loaded(SslContext context, long expiresUnixSeconds) {}

    private final TlsConfig config;
    private final Telemetry telemetry;
    private final List<String> protocols;
    private final ReloadedFiles<Loaded> loaded;
    private final TlsMetrics metrics;
    private final SslContext context;
    private final BiConsumer<SocketAddress, Throwable> onFailure;

    /**
     * Reads nothing yet.
     *
     * @param transport for messages and metrics: {@code grpc} or {@code http}
     * @param protocols offered by ALPN, the preferred one first
     * @param onHandshakeFailure told the peer and the cause, on an event loop
     */
    public ServerTls(
            TlsConfig config,
            String transport,
            List<String> protocols,
            Telemetry telemetry,
            BiConsumer<SocketAddress, Throwable> onHandshakeFailure) {
        config.requireFiles();
        this.config = config;
        this.telemetry = telemetry;
        this.protocols = List.copyOf(protocols);
        this.metrics = new TlsMetrics(telemetry, transport);
        String name = telemetry.component() + " " + transport + ": the certificate";
        List<String> files = files(config);
        this.loaded = new ReloadedFiles<>(
                name, files.stream().map(Path::of).toList(), contents -> load(files, contents), metrics::reloadFailed);
        this.context = new CurrentSslContext(() -> loaded.get().context());
        this.onFailure = onHandshakeFailure;
    }

    /**
     * Reads the files.
     *
     * @throws IllegalStateException when they can't be used, with what is wrong
     */
    public void start() {
        try {
            loaded.start(config.reloadInterval().toNanos());
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("TLS can't be had: " + e.getMessage(), e);
        }
        metrics.observeExpiry(() -> loaded.get().expiresUnixSeconds(), telemetry.clock());
    }

    /** The context of all connections, always the same object; to be used after the start. */
    public SslContext context() {
        return context;
    }

    /** To stand in the pipeline of a listening channel: counts and tells handshakes that fail. */
    public ChannelHandler watch() {
        return new AcceptWatch(this::handshakeFailed);
    }

    private void handshakeFailed(SocketAddress peer, Throwable cause) {
        metrics.handshakeFailed();
        onFailure.accept(peer, cause);
    }

    /** Sees connections before anything is set up for them. */
    private static final class AcceptWatch extends ChannelInboundHandlerAdapter {
        private final BiConsumer<SocketAddress, Throwable> onFailure;

        AcceptWatch(BiConsumer<SocketAddress, Throwable> onFailure) {
            this.onFailure = onFailure;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof Channel connection) {
                connection.pipeline().addFirst(new HandshakeWatch(onFailure));
            }
            context.fireChannelRead(message);
        }
    }

    @Override
    public void close() {
        metrics.close();
        loaded.close();
    }

    private static List<String> files(TlsConfig config) {
        List<String> files = new ArrayList<>();
        files.add(String.valueOf(config.certFile()));
        files.add(String.valueOf(config.keyFile()));
        String clientCaFile = config.clientCaFile();
        if (clientCaFile != null) {
            files.add(clientCaFile);
        }
        return files;
    }

    private Loaded load(List<String> files, List<byte[]> contents) {
        Identity identity = Identity.read(files, contents, telemetry.clock());
        SslContextBuilder builder = SslContextBuilder.forServer(identity.key(), identity.chain())
                .sslProvider(SslProvider.JDK)
                .protocols(config.minVersion().equals("1.3") ? List.of("TLSv1.3") : List.of("TLSv1.3", "TLSv1.2"))
                .ciphers(CipherSuites.offered(config.cipherSuites()), SupportedCipherSuiteFilter.INSTANCE)
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE,
                        SelectedListenerFailureBehavior.ACCEPT,
                        protocols));
        if (!identity.clientIssuers().isEmpty()) {
            builder.trustManager(identity.clientIssuers()).clientAuth(ClientAuth.REQUIRE);
        }
        try {
            return new Loaded(builder.build(), identity.expiresUnixSeconds());
        } catch (SSLException e) {
            throw new IllegalArgumentException(
                    "Java's TLS refuses " + String.join(", ", files) + ": " + e.getMessage(), e);
        }
    }
}
