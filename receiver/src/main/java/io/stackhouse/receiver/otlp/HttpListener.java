package io.stackhouse.receiver.otlp;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.stackhouse.receiver.tls.ServerTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The HTTP port. Started and closed by the receiver's thread. */
final class HttpListener implements Listener {
    /** Asks a connection to close as soon as no request is open. */
    static final Object DRAIN = new Object();

    static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Endpoint endpoint;
    private final ServerBootstrap bootstrap;
    private final HttpChannels channels;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private @Nullable Channel serverChannel;

    /**
     * Makes one.
     *
     * @param tls asked for each connection; its contexts offer {@code h2} and {@code http/1.1} by ALPN; null for cleartext
     */
    HttpListener(HttpService service, EventLoopGroup eventLoops, @Nullable Supplier<SslContext> tls) {
        this.endpoint = Endpoint.parse(service.config().endpoint());
        this.channels = new HttpChannels(service, connections, tls);
        this.bootstrap = new ServerBootstrap()
                .group(eventLoops)
                .channel(NioServerSocketChannel.class)
                .childHandler(channels);
        ServerTls watched = service.security().tls();
        if (watched != null) {
            bootstrap.handler(watched.watch());
        }
    }

    @Override
    public InetSocketAddress start() throws IOException {
        ChannelFuture bound = bootstrap.bind(endpoint.address()).awaitUninterruptibly();
        Throwable cause = bound.cause();
        if (cause != null) {
            throw new IOException(cause.getMessage(), cause);
        }
        Channel channel = bound.channel();
        serverChannel = channel;
        return (InetSocketAddress) channel.localAddress();
    }

    @Override
    public void stopAccepting() {
        Channel channel = serverChannel;
        if (channel != null) {
            channel.close().awaitUninterruptibly(CLOSE_NANOS, TimeUnit.NANOSECONDS);
        }
        for (Channel connection : connections) {
            connection.pipeline().fireUserEventTriggered(DRAIN);
        }
    }

    @Override
    public void close() {
        if (!connections.newCloseFuture().awaitUninterruptibly(CLOSE_NANOS, TimeUnit.NANOSECONDS)) {
            connections.close().awaitUninterruptibly(CLOSE_NANOS, TimeUnit.NANOSECONDS);
        }
    }
}
