package io.stackhouse.receiver.otlp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import java.util.List;

/**
 * Tells HTTP/2 with prior knowledge from HTTP/1.1 by the first bytes of a connection without TLS, sets up what they need and
 * leaves. One connection's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a close that fails leaves nothing to do
final class HttpVersionChoice extends ByteToMessageDecoder {
    private final HttpChannels channels;
    private final Deadline deadline;

    HttpVersionChoice(HttpChannels channels, Deadline deadline) {
        this.channels = channels;
        this.deadline = deadline;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        if (event == HttpListener.DRAIN) {
            context.close();
        } else {
            super.userEventTriggered(context, event);
        }
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        ByteBuf preface = Http2CodecUtil.connectionPrefaceBuf();
        try {
            int known = Math.min(in.readableBytes(), preface.readableBytes());
            boolean isLike = true;
            for (int i = 0; i < known && isLike; i++) {
                isLike = in.getByte(in.readerIndex() + i) == preface.getByte(i);
            }
            ChannelPipeline pipeline = context.pipeline();
            if (!isLike) {
                channels.addHttp1(pipeline, deadline);
                pipeline.remove(this);
            } else if (known == preface.readableBytes()) {
                channels.addHttp2(pipeline, deadline);
                pipeline.remove(this);
            }
        } finally {
            preface.release();
        }
    }
}
