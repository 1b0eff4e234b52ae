package io.stackhouse.receiver.otlp;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One HTTP/2 stream: a request and its answer. All state belongs to the connection's event loop. */
@SuppressWarnings("FutureReturnValueIgnored") // a close that fails leaves nothing to do
final class Http2Request extends SimpleChannelInboundHandler<HttpObject> implements HttpExchange.Carrier {
    private static final Logger LOG = LoggerFactory.getLogger(Http2Request.class);

    private final HttpService service;
    private final Queue<HttpContent> waiting = new ArrayDeque<>();
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
            if (open.isPaused()) {
                waiting.add(content.retain());
            } else {
                open.add(content);
            }
        }
        // What was read before it was paused waits here, no more is read.
        from.channel().config().setAutoRead(open == null || !open.isPaused());
    }

    @Override
    public void resumed() {
        HttpExchange open = exchange;
        ChannelHandlerContext to = context;
        for (HttpContent part = waiting.poll(); part != null; part = waiting.poll()) {
            try {
                if (open != null) {
                    open.add(part);
                }
            } finally {
                part.release();
            }
        }
        if (to != null) {
            to.channel().config().setAutoRead(true);
        }
    }

    private void releaseWaiting() {
        for (HttpContent part = waiting.poll(); part != null; part = waiting.poll()) {
            part.release();
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
        reset(to, isAnswered ? Http2Error.NO_ERROR : Http2Error.CANCEL);
    }

    /** Netty sends no reset by itself when the answer's end is written but not gone, for want of window, and keeps the stream. */
    private static void reset(ChannelHandlerContext to, Http2Error code) {
        to.writeAndFlush(new DefaultHttp2ResetFrame(code));
        to.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext from) {
        HttpExchange open = exchange;
        if (open != null) {
            open.gone();
        }
        releaseWaiting();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
        if (cause instanceof Http2Exception) {
            return; // Netty resets the stream with the error's code
        }
        boolean isClients = Http2CodecUtil.getEmbeddedHttp2Exception(cause) != null;
        if (!isClients && !(cause instanceof IOException)) {
            LOG.error(
                    "A stream from {} failed and is reset",
                    from.channel().parent().remoteAddress(),
                    cause);
        }
        reset(from, isClients ? Http2Error.PROTOCOL_ERROR : Http2Error.INTERNAL_ERROR);
    }
}
