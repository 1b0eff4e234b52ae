package io.stackhouse.receiver.otlp;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.timeout.WriteTimeoutHandler;
import java.util.concurrent.TimeUnit;

/** Closes a connection that doesn't take what is written to it in time. One event loop. */
@SuppressWarnings("FutureReturnValueIgnored") // a close that fails leaves nothing to do
final class WriteDeadline extends WriteTimeoutHandler {
    private final HttpService service;
    private boolean isReached;

    WriteDeadline(HttpService service) {
        super(service.config().writeTimeout().toNanos(), TimeUnit.NANOSECONDS);
        this.service = service;
    }

    @Override
    protected void writeTimedOut(ChannelHandlerContext context) {
        if (!isReached) {
            isReached = true;
            service.metrics().stopped(HttpLimit.WRITE_TIMEOUT);
            context.close();
        }
    }
}
