package io.stackhouse.receiver.otlp;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessageDecoderResult;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP/1.1 connection, one request at a time. What comes of a next request before the answer of the one before waits here, at
 * most what one read of the socket gave, and no more is read; until something comes, reading goes on, so that a client that has
 * gone is noticed.
 *
 * <p>All state belongs to the connection's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a close that fails leaves nothing to do
final class Http1Connection extends ChannelInboundHandlerAdapter implements HttpExchange.Carrier {
    private static final Logger LOG = LoggerFactory.getLogger(Http1Connection.class);
    /** How long a client that is told to go may take to read that. */
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final HttpService service;
    private final Deadline deadline;
    private final Queue<HttpObject> waiting = new ArrayDeque<>();

    private @Nullable ChannelHandlerContext context;
    private @Nullable HttpExchange current;
    private boolean isKeptAlive = true;
    private boolean isDraining;
    private boolean isDelivering;
    private boolean isClosing;

    /**
     * Makes one.
     *
     * @param deadline runs since the connection was accepted
     */
    Http1Connection(HttpService service, Deadline deadline) {
        this.service = service;
        this.deadline = deadline;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelRead(ChannelHandlerContext from, Object message) {
        if (isClosing || !(message instanceof HttpObject part)) {
            ReferenceCountUtil.release(message);
            return;
        }
        waiting.add(part);
        deliver(from);
    }

    /** Goes through what waits as far as it can be taken now. Never inside itself, however many answers are given at once. */
    private void deliver(ChannelHandlerContext to) {
        if (isDelivering) {
            return;
        }
        isDelivering = true;
        try {
            HttpExchange open = current;
            while (!isClosing && !waiting.isEmpty() && (open == null || open.takesBody())) {
                HttpObject part = waiting.remove();
                try {
                    take(to, part);
                } finally {
                    ReferenceCountUtil.release(part);
                }
                open = current;
            }
        } finally {
            isDelivering = false;
        }
        to.channel().config().setAutoRead(isClosing || waiting.isEmpty());
    }

    private void take(ChannelHandlerContext to, HttpObject part) {
        HttpExchange open = current;
        if (open == null) {
            if (part instanceof HttpRequest request) {
                begin(to, request);
            }
            return;
        }
        if (part.decoderResult().isFailure()) {
            open.malformed(part.decoderResult().cause());
        } else if (part instanceof HttpContent content) {
            open.add(content);
        }
    }

    private void begin(ChannelHandlerContext to, HttpRequest request) {
        deadline.cancel();
        HttpExchange opened = new HttpExchange(service, to, this);
        current = opened;
        Throwable cause =
                request.decoderResult().isFailure() ? request.decoderResult().cause() : mistake(request);
        isKeptAlive = cause == null
                && HttpUtil.isKeepAlive(request)
                && request.protocolVersion().equals(HttpVersion.HTTP_1_1);
        if (cause == null) {
            opened.begin(request);
        } else {
            opened.malformed(cause);
        }
    }

    /** What the decoder lets through. It bounds the line and the headers each; the setting bounds both together. */
    private @Nullable Throwable mistake(HttpRequest request) {
        if (request.decoderResult() instanceof HttpMessageDecoderResult sizes
                && sizes.totalSize() > service.config().maxHeaderSize().bytes()) {
            return new TooLongHttpHeaderException();
        }
        HttpVersion version = request.protocolVersion();
        int hosts = request.headers().getAll(HttpHeaderNames.HOST).size();
        boolean isKnown = version.equals(HttpVersion.HTTP_1_0) || version.equals(HttpVersion.HTTP_1_1);
        boolean hasHost = hosts == 1 || (hosts == 0 && version.equals(HttpVersion.HTTP_1_0));
        return isKnown && hasHost ? null : new IllegalArgumentException("version or Host");
    }

    @Override
    public boolean isLast() {
        return !isKeptAlive || isDraining;
    }

    @Override
    public void ended(boolean isAnswered, boolean isWhole) {
        current = null;
        ChannelHandlerContext to = context;
        if (to == null) {
            return;
        }
        if (isWhole && !isLast()) {
            deadline.set(service.config().idleTimeout().toNanos(), () -> {
                service.metrics().stopped(HttpLimit.IDLE_TIMEOUT);
                to.close();
            });
            deliver(to);
            return;
        }
        isClosing = true;
        releaseWaiting();
        if (isAnswered && !isWhole) {
            linger(to);
        } else {
            to.close();
        }
    }

    @Override
    public void resumed() {
        ChannelHandlerContext to = context;
        if (to != null) {
            deliver(to);
        }
    }

    /** Closing while more comes would be a reset, which may destroy the answer before the client has read it. */
    private void linger(ChannelHandlerContext to) {
        if (to.pipeline().get(SslHandler.class) != null || !(to.channel() instanceof SocketChannel socket)) {
            to.close();
            return;
        }
        deadline.set(LINGER_NANOS, to::close);
        socket.shutdownOutput();
        to.channel().config().setAutoRead(true);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext from, Object event) throws Exception {
        if (event != HttpListener.DRAIN) {
            super.userEventTriggered(from, event);
            return;
        }
        isDraining = true;
        if (current == null) {
            from.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext from) {
        isClosing = true;
        deadline.cancel();
        HttpExchange open = current;
        current = null;
        if (open != null) {
            open.gone();
        }
        releaseWaiting();
    }

    private void releaseWaiting() {
        for (HttpObject part = waiting.poll(); part != null; part = waiting.poll()) {
            ReferenceCountUtil.release(part);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error(
                    "A connection from {} failed and is closed", from.channel().remoteAddress(), cause);
        }
        from.close();
    }
}
