package io.stackhouse.receiver.otlp;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.TooLargeException;
import io.stackhouse.pipeline.otlp.ProfilesDecoder;
import io.stackhouse.receiver.otlp.Failure.Kind;
import org.jspecify.annotations.Nullable;

/**
 * What a request's line and headers say, checked before its body is read.
 *
 * @param failure why it can't be taken; the rest then means nothing
 * @param contentLength of the body, or -1 when it comes in chunks
 */
record HttpRequestCheck(
        @Nullable Failure failure,
        Signal signal,
        int wireVersion,
        HttpMedia media,
        Encoding encoding,
        int contentLength) {
    /** For messages and for the header {@code Accept-Encoding}. */
    static final String ENCODINGS = Encoding.known();

    static HttpRequestCheck of(HttpRequest request, OtlpConfig.Http config, Intake intake) {
        try {
            return check(request, config, intake);
        } catch (RejectedException | TooLargeException e) {
            return failed(Failure.of(e));
        }
    }

    private static HttpRequestCheck check(HttpRequest request, OtlpConfig.Http config, Intake intake) {
        String path = path(request.uri());
        boolean isTraces = path.equals(config.tracesUrlPath());
        if (!isTraces && !path.equals(config.profilesUrlPath())) {
            return failed(new Failure(
                    Kind.WRONG_PATH,
                    "nothing is served at this path; post to " + config.tracesUrlPath() + " or "
                            + config.profilesUrlPath()));
        }
        if (!request.method().equals(HttpMethod.POST)) {
            return failed(new Failure(Kind.WRONG_METHOD, "the method is not allowed; use POST"));
        }
        Signal signal = isTraces ? Signal.TRACES : Signal.PROFILES;
        Failure missing = intake.missingPipeline(signal);
        if (missing != null) {
            return failed(missing);
        }
        HttpHeaders headers = request.headers();
        HttpMedia media = HttpMedia.of(headers.getAll(HttpHeaderNames.CONTENT_TYPE));
        if (media == null) {
            return failed(new Failure(
                    Kind.WRONG_MEDIA,
                    "the content type is not supported; send one of " + HttpMedia.KNOWN + ", in UTF-8"));
        }
        Encoding encoding = Encoding.of(String.join(",", headers.getAll(HttpHeaderNames.CONTENT_ENCODING)));
        if (encoding == null) {
            return failed(new Failure(
                    Kind.WRONG_ENCODING, "the content encoding is not supported; send one of " + ENCODINGS + ", once"));
        }
        int version =
                isTraces ? ProfilesDecoder.DEFAULT_VERSION : ProfilesVersion.of(headers.getAll(ProfilesVersion.HEADER));
        return new HttpRequestCheck(null, signal, version, media, encoding, contentLength(headers, config));
    }

    static Failure headersTooLarge(OtlpConfig.Http config) {
        return new Failure(
                Kind.HEADERS_TOO_LARGE,
                "the request line and the headers are longer than " + config.maxHeaderSize()
                        + " (max_header_size); send fewer or shorter headers");
    }

    private static HttpRequestCheck failed(Failure failure) {
        return new HttpRequestCheck(failure, Signal.TRACES, 0, HttpMedia.PROTOBUF, Encoding.IDENTITY, -1);
    }

    /** What the answer is written in, also when the request can't be taken. */
    static HttpMedia answerMedia(HttpRequest request) {
        HttpMedia media = HttpMedia.of(request.headers().getAll(HttpHeaderNames.CONTENT_TYPE));
        return media == null ? HttpMedia.PROTOBUF : media;
    }

    /** Without the query, where some clients put what is secret. */
    static String path(String uri) {
        int query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query);
    }

    private static int contentLength(HttpHeaders headers, OtlpConfig.Http config) {
        String text = headers.get(HttpHeaderNames.CONTENT_LENGTH);
        if (text == null) {
            return -1;
        }
        try {
            long length = Long.parseLong(text.strip());
            if (length < 0) {
                throw new RejectedException("Content-Length is negative");
            }
            if (length > config.maxRequestBodySize().bytes()) {
                throw new TooLargeException("the body of " + length + " bytes is larger than "
                        + config.maxRequestBodySize() + " (max_request_body_size); send less at a time");
            }
            return (int) length;
        } catch (NumberFormatException e) {
            throw new RejectedException("Content-Length is no number", e);
        }
    }
}
