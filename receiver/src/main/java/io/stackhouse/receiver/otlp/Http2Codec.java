package io.stackhouse.receiver.otlp;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 connection's frames, with Netty's limits and ours set and counted. A connection without an open stream is closed
 * after {@code idle_timeout}; closing says GOAWAY and waits a bounded time for the streams that are open.
 *
 * <p>All state belongs to the connection's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails ends the connection, which is seen there
final class Http2Codec extends Http2FrameCodec {
    /** Of a stream; the connection has twice as much. What has come is taken at once, so that this is no memory held. */
    private static final int WINDOW_BYTES = 1 << 20;

    private final HttpService service;

    private Http2Codec(
            HttpService service,
            Http2ConnectionEncoder encoder,
            Http2ConnectionDecoder decoder,
            Http2Settings settings,
            Http2ConnectionAdapter watch) {
        super(encoder, decoder, settings, false, true);
        this.service = service;
        connection().addListener(watch);
    }

    /**
     * Makes one.
     *
     * @param deadline runs since the connection was accepted
     */
    static Http2FrameCodec of(HttpService service, Channel channel, Deadline deadline) {
        OtlpConfig.Http2 limits = service.config().http2();
        int windowSeconds = limits.floodWindowSeconds();
        return new Builder(service, channel, deadline)
                .initialSettings(Http2Settings.defaultSettings()
                        .maxConcurrentStreams(limits.maxConcurrentStreams())
                        .maxHeaderListSize(service.config().maxHeaderSize().bytes())
                        .initialWindowSize(WINDOW_BYTES))
                .validateHeaders(true)
                .validateRequiredPseudoHeaders(true)
                .decoderEnforceMaxConsecutiveEmptyDataFrames(limits.maxEmptyFrames())
                .decoderEnforceMaxSmallContinuationFrames(limits.maxContinuations())
                .decoderEnforceMaxRstFramesPerWindow(limits.maxResets(), windowSeconds)
                .encoderEnforceMaxRstFramesPerWindow(limits.maxResets(), windowSeconds)
                .encoderEnforceMaxQueuedControlFrames(limits.maxQueuedControlFrames())
                .gracefulShutdownTimeoutMillis(TimeUnit.NANOSECONDS.toMillis(HttpListener.CLOSE_NANOS))
                .build();
    }

    @Override
    public void onError(ChannelHandlerContext from, boolean isOutbound, Throwable cause) {
        Http2Exception error = Http2CodecUtil.getEmbeddedHttp2Exception(cause);
        HttpLimit limit = error == null ? null : reached(error);
        if (limit != null) {
            service.metrics().stopped(limit);
        }
        super.onError(from, isOutbound, cause);
    }

    private static @Nullable HttpLimit reached(Http2Exception error) {
        if (error instanceof Http2FrameLimits.ReachedException) {
            return HttpLimit.MAX_CONTROL_FRAMES;
        }
        if (error.error() == Http2Error.REFUSED_STREAM) {
            return HttpLimit.MAX_CONCURRENT_STREAMS;
        }
        String message = error.getMessage();
        if (error.error() != Http2Error.ENHANCE_YOUR_CALM || message == null) {
            return null;
        }
        // Netty has no other sign of which of its limits it was.
        if (message.contains("RST frames")) {
            return HttpLimit.MAX_RESETS;
        }
        if (message.contains("empty data frames")) {
            return HttpLimit.MAX_EMPTY_FRAMES;
        }
        return message.contains("outstanding control frames")
                ? HttpLimit.MAX_QUEUED_CONTROL_FRAMES
                : HttpLimit.MAX_CONTINUATIONS;
    }

    @Override
    protected void handleServerHeaderDecodeSizeError(ChannelHandlerContext to, Http2Stream stream) {
        service.metrics().stopped(HttpLimit.MAX_HEADER_SIZE);
        byte[] body = HttpMedia.PROTOBUF.encode(
                HttpRequestCheck.headersTooLarge(service.config()).status());
        Http2Headers headers = new DefaultHttp2Headers()
                .status("431")
                .set(HttpHeaderNames.CONTENT_TYPE, HttpMedia.PROTOBUF.type())
                .setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
        encoder().writeHeaders(to, stream.id(), headers, 0, false, to.newPromise());
        encoder().writeData(to, stream.id(), Unpooled.wrappedBuffer(body), 0, true, to.newPromise());
        try {
            // Before the reset that follows, which would drop it.
            encoder().flowController().writePendingBytes();
        } catch (Http2Exception e) {
            onError(to, true, e);
        }
    }

    /** Netty's builder, with our limits around its decoder. */
    private static final class Builder extends Http2FrameCodecBuilder {
        private final HttpService service;
        private final Channel channel;
        private final Deadline deadline;

        Builder(HttpService service, Channel channel, Deadline deadline) {
            this.service = service;
            this.channel = channel;
            this.deadline = deadline;
        }

        @Override
        protected Http2FrameCodec build(
                Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
            Http2ConnectionDecoder limited =
                    new Http2FrameLimits(decoder, service.config().http2());
            return new Http2Codec(service, encoder, limited, settings, new IdleWatch(service, channel, deadline));
        }
    }

    /** Runs the deadline while no stream is open. */
    private static final class IdleWatch extends Http2ConnectionAdapter {
        private final HttpService service;
        private final Channel channel;
        private final Deadline deadline;
        private int streams;

        IdleWatch(HttpService service, Channel channel, Deadline deadline) {
            this.service = service;
            this.channel = channel;
            this.deadline = deadline;
        }

        @Override
        public void onStreamActive(Http2Stream stream) {
            streams++;
            deadline.cancel();
        }

        @Override
        public void onStreamClosed(Http2Stream stream) {
            streams--;
            if (streams == 0 && channel.isActive()) {
                deadline.set(service.config().idleTimeout().toNanos(), () -> {
                    service.metrics().stopped(HttpLimit.IDLE_TIMEOUT);
                    channel.close();
                });
            }
        }
    }
}
