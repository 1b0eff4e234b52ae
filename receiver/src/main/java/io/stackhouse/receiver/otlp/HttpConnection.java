package io.stackhouse.receiver.otlp;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.TooLargeException;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP/1.1 connection, one request at a time: headers are checked at once, the body is collected up to the limit, a worker
 * takes it from there, and the next request is read after the answer.
 *
 * <p>All state belongs to the connection's event loop. Deadlines: {@code idle_timeout} from an answer to the next request's
 * headers, {@code read_timeout} from there to the end of its body. The rest of a body that was refused is read and thrown away
 * within the same time, so that the client sees the answer.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write or close that fails ends the connection, which is seen there
final class HttpConnection extends SimpleChannelInboundHandler<HttpObject> {
    /** Asks the connection to close as soon as no request is open. */
    static final Object DRAIN = new Object();

    private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);

    private enum State {
        WAITING,
        READING,
        SKIPPING,
        ANSWERING
    }

    private final OtlpConfig.Http config;
    private final Intake intake;
    private final Executor workers;

    private State state = State.WAITING;
    private boolean isKeptAlive = true;
    private boolean isDraining;
    private @Nullable Exchange exchange;
    private @Nullable BodyBuffer body;
    private @Nullable HttpRequestCheck check;
    private @Nullable Future<?> deadline;

    HttpConnection(OtlpConfig.Http config, Intake intake, Executor workers) {
        this.config = config;
        this.intake = intake;
        this.workers = workers;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        awaitRequest(context);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
        if (message.decoderResult().isFailure()) {
            badHttp(context, message.decoderResult().cause());
            return;
        }
        if (message instanceof HttpRequest request && state == State.WAITING) {
            begin(context, request);
        }
        if (message instanceof HttpContent content) {
            if (state == State.READING) {
                collect(content);
            }
            if (content instanceof LastHttpContent) {
                end(context);
            }
        }
    }

    private void begin(ChannelHandlerContext context, HttpRequest request) {
        isKeptAlive = HttpUtil.isKeepAlive(request);
        setDeadline(context, config.readTimeout().toNanos(), this::tooSlow);
        boolean expectsContinue = HttpUtil.is100ContinueExpected(request);
        HttpRequestCheck checked = HttpRequestCheck.of(request, config, intake);
        Failure failure = checked.failure();
        if (failure == null) {
            failure = open(context, checked);
        }
        if (failure != null) {
            // Who asked first may not send the body, so that the begin of a next request can't be known.
            isKeptAlive &= !expectsContinue;
            state = expectsContinue ? State.WAITING : State.SKIPPING;
            respond(context, failure);
            return;
        }
        state = State.READING;
        if (expectsContinue) {
            context.writeAndFlush(HttpResponses.goOn());
        }
    }

    private @Nullable Failure open(ChannelHandlerContext context, HttpRequestCheck checked) {
        try {
            exchange = intake.open(checked.signal(), Transport.HTTP, new ConnectionAnswer(context));
            body = new BodyBuffer((int) config.maxRequestBodySize().bytes(), checked.contentLength());
            check = checked;
            return null;
        } catch (RefusedException e) {
            return Failure.of(e);
        }
    }

    private void collect(HttpContent content) {
        BodyBuffer buffer = body;
        Exchange open = exchange;
        if (buffer == null || open == null) {
            return;
        }
        try {
            buffer.add(content.content());
        } catch (TooLargeException e) {
            state = State.SKIPPING;
            open.fail(Failure.of(e));
        }
    }

    private void end(ChannelHandlerContext context) {
        BodyBuffer buffer = body;
        Exchange open = exchange;
        HttpRequestCheck checked = check;
        body = null;
        exchange = null;
        check = null;
        if (state == State.SKIPPING) {
            awaitRequest(context);
            return;
        }
        if (state != State.READING || buffer == null || open == null || checked == null) {
            return;
        }
        state = State.ANSWERING;
        cancelDeadline();
        context.channel().config().setAutoRead(false);
        byte[] bytes = buffer.toByteArray();
        try {
            workers.execute(() -> work(open, checked, bytes));
        } catch (RejectedExecutionException e) {
            open.fail(Failure.of(new RefusedException("the collector is stopping", TimeUnit.SECONDS.toNanos(1))));
        }
    }

    private void work(Exchange open, HttpRequestCheck checked, byte[] bytes) {
        try {
            byte[] plain = checked.isGzip()
                    ? Gunzip.inflate(bytes, (int) config.maxRequestBodySize().bytes())
                    : bytes;
            intake.process(open, checked.wireVersion(), plain);
        } catch (RejectedException | TooLargeException e) {
            open.fail(Failure.of(e));
        } catch (OutOfMemoryError e) {
            open.fail(Failure.of(e));
            throw e;
        }
    }

    private void badHttp(ChannelHandlerContext context, @Nullable Throwable cause) {
        boolean isTooLong = cause instanceof TooLongFrameException;
        Failure failure = new Failure(
                isTooLong ? Failure.Kind.HEADERS_TOO_LARGE : Failure.Kind.BAD_REQUEST,
                isTooLong ? "the request line or the headers are too long" : "this is no HTTP/1.1 request");
        isKeptAlive = false;
        Exchange open = exchange;
        if (state == State.SKIPPING) {
            context.close();
        } else if (open != null) {
            open.fail(failure);
        } else {
            respond(context, failure);
        }
    }

    private void tooSlow(ChannelHandlerContext context) {
        Exchange open = exchange;
        isKeptAlive = false;
        if (state == State.READING && open != null) {
            open.fail(new Failure(
                    Failure.Kind.SLOW_BODY, "the body didn't arrive in time (read_timeout); the connection is closed"));
        } else {
            context.close();
        }
    }

    private void awaitRequest(ChannelHandlerContext context) {
        state = State.WAITING;
        if (isDraining || !isKeptAlive) {
            context.close();
            return;
        }
        setDeadline(context, config.idleTimeout().toNanos(), ChannelHandlerContext::close);
        context.channel().config().setAutoRead(true);
    }

    private void respond(ChannelHandlerContext context, Failure failure) {
        write(context, HttpResponses.of(failure));
    }

    private void write(ChannelHandlerContext context, FullHttpResponse response) {
        boolean isLast = !isKeptAlive || isDraining;
        if (isLast) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        context.writeAndFlush(response).addListener(written -> {
            if (!written.isSuccess() || (isLast && state != State.SKIPPING)) {
                context.close();
            } else if (state == State.ANSWERING) {
                awaitRequest(context);
            }
        });
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        if (event != DRAIN) {
            super.userEventTriggered(context, event);
            return;
        }
        isDraining = true;
        if (state == State.WAITING) {
            context.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        cancelDeadline();
        Exchange open = exchange;
        if (open != null) {
            open.abandon();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error(
                    "A connection from {} failed and is closed",
                    context.channel().remoteAddress(),
                    cause);
        }
        context.close();
    }

    private void setDeadline(ChannelHandlerContext context, long nanos, Consumer<ChannelHandlerContext> onTime) {
        cancelDeadline();
        deadline = context.executor().schedule(() -> onTime.accept(context), nanos, TimeUnit.NANOSECONDS);
    }

    private void cancelDeadline() {
        Future<?> running = deadline;
        if (running != null) {
            running.cancel(false);
            deadline = null;
        }
    }

    /** Brings the answer to the event loop. Any thread. */
    private final class ConnectionAnswer implements Answer {
        private final ChannelHandlerContext context;

        ConnectionAnswer(ChannelHandlerContext context) {
            this.context = context;
        }

        @Override
        public void ok(byte[] response) {
            run(() -> write(context, HttpResponses.ok(response)));
        }

        @Override
        public void fail(Failure failure) {
            run(() -> respond(context, failure));
        }

        private void run(Runnable answer) {
            if (context.executor().inEventLoop()) {
                answer.run();
            } else {
                context.executor().execute(answer);
            }
        }
    }
}
