package io.stackhouse.receiver.otlp;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The HTTP port. Started and closed by the receiver's thread. */
final class HttpListener implements Listener {
    private static final int MAX_LINE_BYTES = 4 * 1024;
    private static final int MAX_HEADER_BYTES = 16 * 1024;
    private static final int CHUNK_BYTES = 64 * 1024;
    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Endpoint endpoint;
    private final ServerBootstrap bootstrap;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private @Nullable Channel serverChannel;

    HttpListener(OtlpConfig.Http config, Intake intake, EventLoopGroup eventLoops, Executor workers) {
        this.endpoint = Endpoint.parse(config.endpoint());
        this.bootstrap = new ServerBootstrap()
                .group(eventLoops)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        connections.add(channel);
                        channel.pipeline()
                                .addLast(new HttpServerCodec(new HttpDecoderConfig()
                                        .setMaxInitialLineLength(MAX_LINE_BYTES)
                                        .setMaxHeaderSize(MAX_HEADER_BYTES)
                                        .setMaxChunkSize(CHUNK_BYTES)))
                                .addLast(new FlowControlHandler())
                                .addLast(new HttpConnection(config, intake, workers));
                    }
                });
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
            connection.pipeline().fireUserEventTriggered(HttpConnection.DRAIN);
        }
    }

    @Override
    public void close() {
        if (!connections.newCloseFuture().awaitUninterruptibly(CLOSE_NANOS, TimeUnit.NANOSECONDS)) {
            connections.close().awaitUninterruptibly(CLOSE_NANOS, TimeUnit.NANOSECONDS);
        }
    }
}
