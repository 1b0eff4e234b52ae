package io.stackhouse.agent.export;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A gRPC channel of small footprint: one event loop thread, no native libraries unpacked, small arenas. Threads: any. {@link #close} ends the thread. */
final class OtlpChannel implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(OtlpChannel.class);
    private static final String NETTY = "io.grpc.netty.shaded.io.netty.";
    private static final int MAX_RESPONSE_BYTES = 4 << 20;
    private static final long CLOSE_SECONDS = 2;

    private final MultiThreadIoEventLoopGroup eventLoop;
    private final ManagedChannel channel;

    static {
        // Netty's own sizing is for servers: some MiB per arena, two arenas per core. These are read once, when its
        // classes are first used.
        setUnlessGiven("allocator.numHeapArenas", "1");
        setUnlessGiven("allocator.numDirectArenas", "1");
        setUnlessGiven("allocator.maxOrder", "4");
        setUnlessGiven("allocator.useCacheForAllThreads", "false");
        setUnlessGiven("allocator.cacheTrimIntervalMillis", "60000");
        setUnlessGiven("leakDetection.level", "disabled");
        setUnlessGiven("eventLoopThreads", "1");
        setUnlessGiven("transport.noNative", "true");
    }

    OtlpChannel(OtlpSenderConfig config) {
        eventLoop = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("otlp-io", true), NioIoHandler.newFactory());
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(config.host(), config.port())
                .eventLoopGroup(eventLoop)
                .channelType(NioSocketChannel.class)
                .directExecutor()
                .disableRetry()
                .maxInboundMessageSize(MAX_RESPONSE_BYTES)
                .userAgent("stackhouse-bpf-agent");
        channel = (config.isTls() ? withTls(builder) : builder.usePlaintext()).build();
    }

    ManagedChannel channel() {
        return channel;
    }

    @Override
    public void close() {
        channel.shutdownNow();
        var ended = eventLoop.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
        if (!ended.awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS)) {
            log.warn("The connection's thread did not end within {} s; it ends with the process", CLOSE_SECONDS);
        }
    }

    private static NettyChannelBuilder withTls(NettyChannelBuilder builder) {
        try {
            return builder.sslContext(GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
                    .build());
        } catch (SSLException e) {
            throw new IllegalStateException("TLS cannot be set up with the JDK's trust store: " + e.getMessage(), e);
        }
    }

    private static void setUnlessGiven(String key, String value) {
        if (System.getProperty(NETTY + key) == null) {
            System.setProperty(NETTY + key, value);
        }
    }
}
