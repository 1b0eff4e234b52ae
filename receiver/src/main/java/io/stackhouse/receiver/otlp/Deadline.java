package io.stackhouse.receiver.otlp;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** At most one timer, on an event loop; setting it again replaces the one before. Used by that event loop alone. */
final class Deadline {
    private final EventExecutor eventLoop;
    private @Nullable Future<?> running;

    Deadline(EventExecutor eventLoop) {
        this.eventLoop = eventLoop;
    }

    void set(long nanos, Runnable onTime) {
        cancel();
        running = eventLoop.schedule(onTime, nanos, TimeUnit.NANOSECONDS);
    }

    void cancel() {
        Future<?> future = running;
        if (future != null) {
            future.cancel(false);
            running = null;
        }
    }
}
