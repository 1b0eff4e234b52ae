package io.stackhouse.receiver.otlp;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Sits in the pipeline of the gRPC port's server channel, where accepted connections come by: closes those that are too many
 * before anything is read of them, and gives the others a time to speak. One event loop accepts; counts are any thread's.
 */
@Sharable
final class GrpcConnections extends ChannelInboundHandlerAdapter {
    private final GrpcConfig config;
    private final HttpMetrics metrics;
    private final ConnectionLimit limit;

    GrpcConnections(GrpcConfig config, HttpMetrics metrics) {
        this.config = config;
        this.metrics = metrics;
        this.limit = new ConnectionLimit(config.maxConnections(), config.maxConnectionsPerPeer());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof Channel connection)) {
            context.fireChannelRead(message);
            return;
        }
        if (!(connection.remoteAddress() instanceof InetSocketAddress remote)) { // it has gone already
            connection.unsafe().closeForcibly();
            return;
        }
        InetAddress peer = remote.getAddress();
        HttpLimit reached = limit.open(peer);
        if (reached != null) {
            metrics.stopped(reached);
            connection.unsafe().closeForcibly();
            return;
        }
        metrics.opened();
        connection.closeFuture().addListener(closed -> {
            limit.close(peer);
            metrics.closed();
        });
        connection.pipeline().addFirst(new SilenceDeadline(config.handshakeTimeout(), metrics));
        context.fireChannelRead(message);
    }
}
