package io.stackhouse.receiver.otlp;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.TooLargeException;
import io.stackhouse.pipeline.otlp.json.OtlpJson;
import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request from its headers to its answer, the same for every version of HTTP: the headers are checked at once, the body
 * is collected up to the limit, and a worker takes it from there.
 *
 * <p>All state belongs to the event loop of the request's channel; the answer is brought there by whatever thread gives it. The
 * rest of a body that was refused is read and thrown away within its time, so that the client sees the answer.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails ends the connection, which is seen there
final class HttpExchange implements Answer {
    /** The connection or stream that a request came by. Called on its event loop. */
    interface Carrier {
        /** Whether the connection ends with this request's answer. */
        boolean isLast();

        /**
         * The request has ended.
         *
         * @param isAnswered whether the client has been sent a whole answer
         * @param isWhole whether its body has been read to the end, so that something else can follow
         */
        void ended(boolean isAnswered, boolean isWhole);

        /** The request, which was {@link #isPaused}, takes what comes of its body. */
        void resumed();
    }

    private final HttpService service;
    private final ChannelHandlerContext context;
    private final Carrier carrier;
    private final BodyDeadline bodyDeadline;
    private final Deadline writeDeadline;

    private @Nullable Exchange exchange;
    private @Nullable BodyBuffer body;
    private @Nullable HttpRequestCheck check;
    private HttpMedia media = HttpMedia.PROTOBUF;
    /** Written by the worker before it hands the request on, read here when that is answered. */
    private String warning = "";

    private boolean isHead;
    private boolean isPaused;
    private boolean isBodyOver;
    private boolean isCutShort;
    private boolean isAnswering;
    private boolean isAnswered;
    private boolean isEnded;

    HttpExchange(HttpService service, ChannelHandlerContext context, Carrier carrier) {
        this.service = service;
        this.context = context;
        this.carrier = carrier;
        this.bodyDeadline = new BodyDeadline(service.config(), context.executor(), this::tooSlow);
        this.writeDeadline = new Deadline(context.executor());
    }

    /** The request's line and headers are there. Who sends it is checked before anything else; that may pause the request. */
    void begin(HttpRequest request) {
        bodyDeadline.start();
        media = HttpRequestCheck.answerMedia(request);
        isHead = request.method().equals(HttpMethod.HEAD);
        CompletableFuture<Void> checked =
                service.security().check(request.headers().getAll(HttpHeaderNames.AUTHORIZATION));
        if (checked.isDone()) {
            admit(request, service.security().outcome(checked));
            return;
        }
        isPaused = true;
        checked.whenComplete((ok, thrown) -> context.executor().execute(() -> resume(request, checked)));
    }

    private void resume(HttpRequest request, CompletableFuture<Void> checked) {
        if (isEnded || isAnswering) {
            return;
        }
        isPaused = false;
        admit(request, service.security().outcome(checked));
        carrier.resumed();
    }

    private void admit(HttpRequest request, @Nullable Failure unauthenticated) {
        if (unauthenticated != null) {
            service.intake().turnedAway(sender(request), unauthenticated);
        }
        Failure failure = unauthenticated == null ? open(request) : unauthenticated;
        boolean expectsContinue = HttpUtil.is100ContinueExpected(request);
        if (failure != null) {
            // Who asked first may not send the body, so that the begin of a next request can't be known.
            isCutShort = expectsContinue;
            fail(failure);
        } else if (expectsContinue) {
            context.writeAndFlush(HttpResponses.goOn());
        }
    }

    private Sender sender(HttpRequest request) {
        return new Sender(
                Transport.HTTP,
                String.valueOf(remoteAddress()),
                request.method() + " " + HttpRequestCheck.path(request.uri()),
                request.headers().get(HttpHeaderNames.CONTENT_ENCODING, Encoding.IDENTITY.label()),
                request.headers().get(HttpHeaderNames.USER_AGENT));
    }

    private @Nullable SocketAddress remoteAddress() {
        Channel channel = context.channel();
        Channel parent = channel.parent();
        return channel instanceof Http2StreamChannel && parent != null
                ? parent.remoteAddress()
                : channel.remoteAddress();
    }

    private @Nullable Failure open(HttpRequest request) {
        Sender sender = sender(request);
        HttpRequestCheck checked = HttpRequestCheck.of(request, service.config(), service.intake());
        Failure failure = checked.failure();
        if (failure != null) {
            service.intake().turnedAway(sender, failure);
            return failure;
        }
        Exchange opened;
        try {
            opened = service.intake().open(checked.signal(), sender, this);
        } catch (RefusedException e) {
            return Failure.of(e);
        }
        try {
            body = new BodyBuffer(maxBodyBytes(), checked.contentLength(), opened.memory());
        } catch (RefusedException | TooLargeException e) {
            return opened.failUnanswered(e);
        }
        exchange = opened;
        check = checked;
        return null;
    }

    private int maxBodyBytes() {
        return (int) service.config().maxRequestBodySize().bytes();
    }

    /** Something of the body is there. */
    void add(HttpContent content) {
        bodyDeadline.arrived(content.content().readableBytes());
        BodyBuffer buffer = body;
        Exchange open = exchange;
        if (buffer != null && open != null) {
            try {
                buffer.add(content.content());
                open.received(buffer.size());
            } catch (RefusedException | TooLargeException e) {
                body = null;
                open.fail(Failure.of(e));
            }
        }
        if (content instanceof LastHttpContent) {
            end();
        }
    }

    private void end() {
        isBodyOver = true;
        bodyDeadline.cancel();
        BodyBuffer buffer = body;
        Exchange open = exchange;
        HttpRequestCheck checked = check;
        body = null;
        if (buffer == null || open == null || checked == null) {
            if (isAnswered) {
                ended(true);
            }
            return;
        }
        open.work(service.workers(), () -> work(open, checked, buffer));
    }

    private void work(Exchange open, HttpRequestCheck checked, BodyBuffer buffer) {
        byte[] plain = service.intake().plain(open, checked.encoding(), buffer.toByteArray(), maxBodyBytes());
        service.intake().process(open, checked.wireVersion(), protobuf(open, checked, plain));
    }

    private byte[] protobuf(Exchange open, HttpRequestCheck checked, byte[] plain) {
        if (checked.media() != HttpMedia.JSON) {
            return plain;
        }
        OtlpJson.Transcoded transcoded =
                OtlpJson.toProtobuf(checked.signal(), checked.wireVersion(), plain, open.memory());
        open.memory().release(plain.length);
        warning = transcoded.warning();
        return transcoded.protobuf();
    }

    /** What came is no HTTP, or its headers are too long; nothing that follows can be understood. */
    void malformed(@Nullable Throwable cause) {
        boolean isTooLong = cause instanceof TooLongFrameException;
        if (isTooLong) {
            service.metrics().stopped(HttpLimit.MAX_HEADER_SIZE);
        }
        cut(
                isTooLong
                        ? HttpRequestCheck.headersTooLarge(service.config())
                        : new Failure(Failure.Kind.BAD_REQUEST, "this is no valid HTTP request"));
    }

    private void tooSlow(HttpLimit limit) {
        service.metrics().stopped(limit);
        cut(new Failure(
                Failure.Kind.SLOW_BODY,
                "the body didn't arrive in time (" + limit.label() + "); the connection is closed"));
    }

    /** Answers, if that hasn't begun, and ends the connection or stream. */
    private void cut(Failure failure) {
        isCutShort = true;
        body = null;
        Exchange open = exchange;
        if (isAnswered) {
            ended(false);
        } else if (isAnswering) {
            return; // ended when the answer is written
        } else if (open != null) {
            open.fail(failure);
        } else {
            fail(failure);
        }
    }

    /** Whether what comes next is for this request: its body isn't over, and it isn't paused. */
    boolean takesBody() {
        return !isBodyOver && !isPaused;
    }

    boolean isPaused() {
        return isPaused;
    }

    /** The connection or stream has gone, whoever ended it. */
    void gone() {
        isEnded = true;
        body = null;
        bodyDeadline.cancel();
        writeDeadline.cancel();
        Exchange open = exchange;
        if (open != null) {
            open.abandon();
        }
    }

    @Override
    public void ok(byte[] response) {
        answer(() -> {
            HttpRequestCheck checked = check;
            Signal signal = checked == null ? Signal.PROFILES : checked.signal();
            return HttpResponses.ok(media, signal, HttpSuccess.of(response, warning));
        });
    }

    @Override
    public void fail(Failure failure) {
        if (failure.kind() == Failure.Kind.TOO_LARGE) {
            service.metrics().stopped(HttpLimit.MAX_REQUEST_BODY_SIZE);
        }
        answer(() -> HttpResponses.of(media, failure));
    }

    private void answer(Supplier<FullHttpResponse> response) {
        if (context.executor().inEventLoop()) {
            write(response);
        } else {
            context.executor().execute(() -> write(response));
        }
    }

    private void write(Supplier<FullHttpResponse> encoder) {
        if (isEnded || isAnswering) {
            return;
        }
        isAnswering = true;
        body = null;
        FullHttpResponse response;
        try {
            response = encoder.get();
        } catch (RuntimeException | Error e) {
            // Nobody answers any more: the client must see the end, and may send it again.
            ended(false);
            throw e;
        }
        if (isHead) {
            response = response.replace(Unpooled.EMPTY_BUFFER);
        }
        if (isCutShort || carrier.isLast()) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        writeDeadline.set(service.config().writeTimeout().toNanos(), this::notTaken);
        context.writeAndFlush(response).addListener(written -> written(written.isSuccess()));
    }

    private void written(boolean isSuccess) {
        writeDeadline.cancel();
        if (isEnded) {
            return;
        }
        isAnswered = isSuccess;
        if (!isSuccess || isCutShort) {
            ended(false);
        } else if (isBodyOver) {
            ended(true);
        }
    }

    private void notTaken() {
        service.metrics().stopped(HttpLimit.WRITE_TIMEOUT);
        ended(false);
    }

    private void ended(boolean isWhole) {
        if (isEnded) {
            return;
        }
        isEnded = true;
        bodyDeadline.cancel();
        writeDeadline.cancel();
        carrier.ended(isAnswered, isWhole);
    }
}
