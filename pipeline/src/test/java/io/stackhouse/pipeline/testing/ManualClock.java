package io.stackhouse.pipeline.testing;

import io.stackhouse.pipeline.Clock;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that a test turns. Any thread. */
public final class ManualClock implements Clock {
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicLong unixNanos = new AtomicLong(1_700_000_000_000_000_000L);

    @Override
    public long nanos() {
        return nanos.get();
    }

    @Override
    public long unixNanos() {
        return unixNanos.get();
    }

    /** Lets time pass on both clocks. */
    public void advance(long byNanos) {
        nanos.addAndGet(byNanos);
        unixNanos.addAndGet(byNanos);
    }

    /** Sets the wall clock alone, as an operator or NTP may. */
    public void jumpTo(long newUnixNanos) {
        unixNanos.set(newUnixNanos);
    }
}
