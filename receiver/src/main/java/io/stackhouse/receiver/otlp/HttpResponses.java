package io.stackhouse.receiver.otlp;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;

/** HTTP answers with protobuf bodies. Stateless; any thread. */
final class HttpResponses {
    private HttpResponses() {}

    static FullHttpResponse ok(byte[] message) {
        return response(HttpResponseStatus.OK, message);
    }

    static FullHttpResponse of(Failure failure) {
        FullHttpResponse response = response(HttpResponseStatus.valueOf(failure.httpStatus()), failure.statusMessage());
        if (failure.retryAfterNanos() > 0) {
            response.headers().set(HttpHeaderNames.RETRY_AFTER, failure.retryAfterSeconds());
        }
        if (failure.kind() == Failure.Kind.WRONG_METHOD) {
            response.headers().set(HttpHeaderNames.ALLOW, "POST");
        }
        return response;
    }

    /** Tells who asked that the body may be sent. */
    static FullHttpResponse goOn() {
        return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER);
    }

    private static FullHttpResponse response(HttpResponseStatus status, byte[] message) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(message));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "application/x-protobuf")
                .set(HttpHeaderNames.CONTENT_LENGTH, message.length);
        return response;
    }
}
