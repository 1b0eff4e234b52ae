package io.stackhouse.receiver.otlp;

import io.stackhouse.pipeline.Clock;
import java.util.concurrent.atomic.AtomicLong;

/** Lets one of many through per interval and counts the others; for logs. Any thread. */
final class RateLimit {
    private final Clock clock;
    private final long intervalNanos;
    private final AtomicLong nextNanos;
    private final AtomicLong suppressed = new AtomicLong();

    RateLimit(Clock clock, long intervalNanos) {
        this.clock = clock;
        this.intervalNanos = intervalNanos;
        this.nextNanos = new AtomicLong(clock.nanos());
    }

    boolean tryPass() {
        long now = clock.nanos();
        long next = nextNanos.get();
        if (now - next >= 0 && nextNanos.compareAndSet(next, now + intervalNanos)) {
            return true;
        }
        suppressed.incrementAndGet();
        return false;
    }

    /** How many didn't pass since the last call. */
    long takeSuppressed() {
        return suppressed.getAndSet(0);
    }
}
