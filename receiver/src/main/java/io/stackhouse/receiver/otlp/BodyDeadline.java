package io.stackhouse.receiver.otlp;

import io.netty.util.concurrent.EventExecutor;
import io.stackhouse.pipeline.ByteSize;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Ends a body that takes too long as a whole ({@code read_timeout}), or that comes too slowly: fewer bytes than
 * {@code min_body_rate} allows over the last {@code min_body_rate_grace}, looked at four times in each. One event loop; bytes may
 * arrive on another.
 */
final class BodyDeadline {
    private static final int STEPS = 4;

    private final long readTimeoutNanos;
    private final long stepNanos;
    private final long minBytes;
    private final Deadline total;
    private final Deadline step;
    private final Consumer<HttpLimit> onTime;
    private final long[] before = new long[STEPS];
    private volatile long bytes;
    private long steps;

    BodyDeadline(OtlpConfig.Http config, EventExecutor eventLoop, Consumer<HttpLimit> onTime) {
        this(config.readTimeout(), config.minBodyRate(), config.minBodyRateGrace(), eventLoop, onTime);
    }

    BodyDeadline(GrpcConfig config, EventExecutor eventLoop, Consumer<HttpLimit> onTime) {
        this(config.readTimeout(), config.minBodyRate(), config.minBodyRateGrace(), eventLoop, onTime);
    }

    private BodyDeadline(
            Duration readTimeout,
            ByteSize minBodyRate,
            Duration minBodyRateGrace,
            EventExecutor eventLoop,
            Consumer<HttpLimit> onTime) {
        long graceNanos = minBodyRateGrace.toNanos();
        this.readTimeoutNanos = readTimeout.toNanos();
        this.stepNanos = Math.max(1, graceNanos / STEPS);
        this.minBytes = (long) Math.ceil(minBodyRate.bytes() * (graceNanos / 1e9));
        this.total = new Deadline(eventLoop);
        this.step = new Deadline(eventLoop);
        this.onTime = onTime;
    }

    void start() {
        total.set(readTimeoutNanos, () -> reached(HttpLimit.READ_TIMEOUT));
        if (minBytes > 0) {
            step.set(stepNanos, this::look);
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread adds
    void arrived(long count) {
        bytes += count;
    }

    private void look() {
        int slot = (int) (steps % STEPS);
        steps++;
        // The slot holds what had come a whole grace before; in the first grace that is nothing, and nothing is judged.
        if (steps >= STEPS && bytes - before[slot] < minBytes) {
            reached(HttpLimit.MIN_BODY_RATE);
            return;
        }
        before[slot] = bytes;
        step.set(stepNanos, this::look);
    }

    private void reached(HttpLimit limit) {
        cancel();
        onTime.accept(limit);
    }

    void cancel() {
        total.cancel();
        step.cancel();
    }
}
