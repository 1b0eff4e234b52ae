package io.stackhouse.exporter.otlp;

import io.stackhouse.pipeline.Clock;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/** Lets a line pass once in 30 seconds, with the number of those that were left out since. Any thread. */
final class RareLog {
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Clock clock;
    private boolean hasPassed;
    private long passedNanos;
    private long leftOut;

    RareLog(Clock clock) {
        this.clock = clock;
    }

    /** Calls {@code line} with the number of lines left out, when it is time for one. */
    synchronized void tell(LongConsumer line) {
        long now = clock.nanos();
        if (hasPassed && now - passedNanos < INTERVAL_NANOS) {
            leftOut++;
            return;
        }
        hasPassed = true;
        passedNanos = now;
        line.accept(leftOut);
        leftOut = 0;
    }
}
