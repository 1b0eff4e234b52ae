package io.stackhouse.receiver.otlp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DecoratingHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;

/**
 * Limits of an HTTP/2 connection that Netty hasn't, or has otherwise. One event loop.
 *
 * <p>Requests at one time: Netty looks at that limit only when the client has acknowledged it, which a hostile one doesn't, and
 * takes the body of a request that it refused for an error of the whole connection. Here each that is too many is reset alone.
 *
 * <p>Frames that carry no request: more than {@code max_control_frames} of them in {@code flood_window}, and ten for each request,
 * end the connection. Netty bounds only those whose answers the client doesn't read.
 */
final class Http2FrameLimits extends DecoratingHttp2ConnectionDecoder {
    private final OtlpConfig.Http2 config;

    Http2FrameLimits(Http2ConnectionDecoder decoder, OtlpConfig.Http2 config) {
        super(decoder);
        this.config = config;
    }

    @Override
    public void frameListener(Http2FrameListener listener) {
        super.frameListener(new Counting(listener, config, connection()));
        connection().remote().maxActiveStreams(Integer.MAX_VALUE);
    }

    /** Says which limit was reached. */
    static final class ReachedException extends Http2Exception {
        private static final long serialVersionUID = 1;

        ReachedException(int maxFrames) {
            super(
                    Http2Error.ENHANCE_YOUR_CALM,
                    "more than " + maxFrames + " control frames (max_control_frames)",
                    ShutdownHint.HARD_SHUTDOWN);
        }
    }

    private static final class Counting extends Http2FrameListenerDecorator {
        private static final int FRAMES_PER_REQUEST = 10;

        private final Http2Connection connection;
        private final int maxStreams;
        private final int maxFrames;
        private final long windowNanos;
        private long windowBegin = System.nanoTime();
        private long count;

        Counting(Http2FrameListener listener, OtlpConfig.Http2 config, Http2Connection connection) {
            super(listener);
            this.connection = connection;
            this.maxStreams = config.maxConcurrentStreams();
            this.maxFrames = config.maxControlFrames();
            this.windowNanos = config.floodWindow().toNanos();
        }

        private void count() throws Http2Exception {
            long now = System.nanoTime();
            if (now - windowBegin >= windowNanos) {
                windowBegin = now;
                count = Math.min(count, 0);
            }
            count++;
            if (count > maxFrames) {
                throw new ReachedException(maxFrames);
            }
        }

        /** The stream is open already when its headers come here. */
        private void admit(int stream) throws Http2Exception {
            count = Math.max(count - FRAMES_PER_REQUEST, -maxFrames);
            if (connection.numActiveStreams() > maxStreams) {
                throw Http2Exception.streamError(
                        stream,
                        Http2Error.REFUSED_STREAM,
                        "more than %d requests at one time (max_concurrent_streams)",
                        maxStreams);
            }
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext context, int stream, Http2Headers headers, int padding, boolean isEnd)
                throws Http2Exception {
            admit(stream);
            super.onHeadersRead(context, stream, headers, padding, isEnd);
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext context,
                int stream,
                Http2Headers headers,
                int dependency,
                short weight,
                boolean isExclusive,
                int padding,
                boolean isEnd)
                throws Http2Exception {
            admit(stream);
            super.onHeadersRead(context, stream, headers, dependency, weight, isExclusive, padding, isEnd);
        }

        @Override
        public void onPriorityRead(
                ChannelHandlerContext context, int stream, int dependency, short weight, boolean isExclusive)
                throws Http2Exception {
            count();
            super.onPriorityRead(context, stream, dependency, weight, isExclusive);
        }

        @Override
        public void onSettingsAckRead(ChannelHandlerContext context) throws Http2Exception {
            count();
            // Netty has set its own limit just now.
            connection.remote().maxActiveStreams(Integer.MAX_VALUE);
            super.onSettingsAckRead(context);
        }

        @Override
        public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings) throws Http2Exception {
            count();
            super.onSettingsRead(context, settings);
        }

        @Override
        public void onPingRead(ChannelHandlerContext context, long data) throws Http2Exception {
            count();
            super.onPingRead(context, data);
        }

        @Override
        public void onPingAckRead(ChannelHandlerContext context, long data) throws Http2Exception {
            count();
            super.onPingAckRead(context, data);
        }

        @Override
        public void onWindowUpdateRead(ChannelHandlerContext context, int stream, int increment) throws Http2Exception {
            count();
            super.onWindowUpdateRead(context, stream, increment);
        }

        @Override
        public void onUnknownFrame(
                ChannelHandlerContext context, byte type, int stream, Http2Flags flags, ByteBuf payload)
                throws Http2Exception {
            count();
            super.onUnknownFrame(context, type, stream, flags, payload);
        }
    }
}
