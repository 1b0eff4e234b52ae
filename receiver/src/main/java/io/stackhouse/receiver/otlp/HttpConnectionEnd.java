package io.stackhouse.receiver.otlp;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of an HTTP/2 connection's pipeline: takes what concerns the whole connection and no request. What the client did wrong
 * is answered by the codec; it is no event for the log. One event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a close that fails leaves nothing to do
final class HttpConnectionEnd extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(HttpConnectionEnd.class);

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == HttpListener.DRAIN) {
            // The codec says GOAWAY and closes when the last stream has ended.
            context.close();
        } else {
            ReferenceCountUtil.release(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof Http2Exception || cause instanceof IOException) {
            LOG.debug("An HTTP/2 connection from {} ends", context.channel().remoteAddress(), cause);
            return;
        }
        LOG.error("A connection from {} failed and is closed", context.channel().remoteAddress(), cause);
        context.close();
    }
}
