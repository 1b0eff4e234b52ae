package io.stackhouse.receiver.tls;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import java.net.SocketAddress;
import java.util.function.BiConsumer;

/**
 * Sees whether one connection's handshake succeeds, and leaves when the first bytes come: the handler of TLS is there by then, put
 * there by whoever owns the connection. A connection that ends before it has sent anything is nothing to tell. Event loop.
 */
final class HandshakeWatch extends ChannelInboundHandlerAdapter {
    private final BiConsumer<SocketAddress, Throwable> onFailure;

    HandshakeWatch(BiConsumer<SocketAddress, Throwable> onFailure) {
        this.onFailure = onFailure;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        SslHandler tls = context.pipeline().get(SslHandler.class);
        if (tls != null) {
            SocketAddress peer = context.channel().remoteAddress();
            tls.handshakeFuture().addListener(done -> {
                Throwable cause = done.cause();
                if (cause != null) {
                    onFailure.accept(peer, cause);
                }
            });
        }
        context.fireChannelRead(message);
        context.pipeline().remove(this);
    }
}
