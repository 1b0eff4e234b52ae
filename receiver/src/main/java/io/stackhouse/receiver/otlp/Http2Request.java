package io.stackhouse.receiver.otlp;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One HTTP/2 stream: a request and its answer. All state belongs to the connection's event loop. */
@SuppressWarnings("FutureReturnValueIgnored") // a close that fails leaves nothing to do
final class Http2Request extends SimpleChannelInboundHandler<HttpObject> implements HttpExchange.Carrier {
    private static final Logger LOG = LoggerFactory.getLogger(Http2Request.class);

    private final HttpService service;
    private @Nullable ChannelHandlerContext context;
    private @Nullable HttpExchange exchange;

    Http2Request(HttpService service) {
        this.service = service;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext from, HttpObject part) {
        HttpExchange open = exchange;
        if (open == null && part instanceof HttpRequest request) {
            open = new HttpExchange(service, from, this);
            exchange = open;
            open.begin(request);
        }
        if (open != null && part instanceof HttpContent content) {
            open.add(content);
        }
    }

    @Override
    public boolean isLast() {
        return false;
    }

    @Override
    public void ended(boolean isAnswered, boolean isWhole) {
        ChannelHandlerContext to = context;
        if (to == null || isWhole) {
            return;
        }
        if (isAnswered) {
            to.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR));
        }
        to.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext from) {
        HttpExchange open = exchange;
        if (open != null) {
            open.gone();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
        if (cause instanceof Http2Exception
                || cause instanceof Http2FrameStreamException
                || cause instanceof IOException) {
            LOG.debug("A stream from {} ends", from.channel().parent().remoteAddress(), cause);
        } else {
            LOG.error(
                    "A stream from {} failed and is reset",
                    from.channel().parent().remoteAddress(),
                    cause);
        }
        from.close();
    }
}
