package io.stackhouse.receiver.otlp;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.stackhouse.pipeline.Signal;

/** HTTP answers. Stateless; any thread. */
final class HttpResponses {
    private HttpResponses() {}

    static FullHttpResponse ok(HttpMedia media, Signal signal, HttpSuccess success) {
        return response(HttpResponseStatus.OK, media, media.encode(signal, success));
    }

    /** An error; its body is a google.rpc.Status. */
    static FullHttpResponse of(HttpMedia media, Failure failure) {
        FullHttpResponse response =
                response(HttpResponseStatus.valueOf(failure.httpStatus()), media, media.encode(failure.status()));
        HttpHeaders headers = response.headers();
        if (failure.retryAfterNanos() > 0) {
            headers.set(HttpHeaderNames.RETRY_AFTER, failure.retryAfterSeconds());
        }
        if (!failure.challenge().isEmpty()) {
            headers.set(HttpHeaderNames.WWW_AUTHENTICATE, failure.challenge());
        }
        if (failure.kind() == Failure.Kind.WRONG_METHOD) {
            headers.set(HttpHeaderNames.ALLOW, "POST");
        } else if (failure.kind() == Failure.Kind.WRONG_MEDIA) {
            headers.set(HttpHeaderNames.ACCEPT, HttpMedia.KNOWN);
        } else if (failure.kind() == Failure.Kind.WRONG_ENCODING) {
            headers.set(HttpHeaderNames.ACCEPT_ENCODING, HttpRequestCheck.ENCODINGS);
        }
        return response;
    }

    /** Tells who asked that the body may be sent. */
    static FullHttpResponse goOn() {
        return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER);
    }

    private static FullHttpResponse response(HttpResponseStatus status, HttpMedia media, byte[] message) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(message));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, media.type())
                .set(HttpHeaderNames.CONTENT_LENGTH, message.length);
        return response;
    }
}
