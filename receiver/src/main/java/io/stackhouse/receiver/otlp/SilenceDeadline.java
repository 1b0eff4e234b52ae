package io.stackhouse.receiver.otlp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection that doesn't say so much as HTTP/2's preface in time; what gRPC itself has counts from there on. Leaves the
 * pipeline after that. Event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // nobody waits for the close
final class SilenceDeadline extends ChannelInboundHandlerAdapter {
    private static final int PREFACE_BYTES = 24;

    private final Duration timeout;
    private final HttpMetrics metrics;
    private int seenBytes;
    private @Nullable Deadline deadline;

    SilenceDeadline(Duration timeout, HttpMetrics metrics) {
        this.timeout = timeout;
        this.metrics = metrics;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        Deadline started = new Deadline(context.executor());
        deadline = started;
        started.set(timeout.toNanos(), () -> {
            metrics.stopped(HttpLimit.HANDSHAKE_TIMEOUT);
            context.close();
        });
        context.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof ByteBuf bytes) {
            seenBytes += bytes.readableBytes();
        }
        if (seenBytes >= PREFACE_BYTES) {
            cancel();
            context.pipeline().remove(this);
        }
        context.fireChannelRead(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        cancel();
        context.fireChannelInactive();
    }

    private void cancel() {
        if (deadline != null) {
            deadline.cancel();
        }
    }
}
