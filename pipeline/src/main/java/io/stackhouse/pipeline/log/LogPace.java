package io.stackhouse.pipeline.log;

import io.stackhouse.pipeline.Clock;
import java.util.concurrent.TimeUnit;

/** Says when a line that could repeat may be logged: once in ten seconds. Any thread. */
final class LogPace {
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Clock clock;
    private boolean isFirst = true;
    private long permittedAtNanos;
    private long unsaid;

    LogPace(Clock clock) {
        this.clock = clock;
    }

    /** How many times it was not permitted since it last was; -1 when it isn't now. */
    synchronized long permit() {
        long now = clock.nanos();
        if (!isFirst && now - permittedAtNanos < INTERVAL_NANOS) {
            unsaid++;
            return -1;
        }
        isFirst = false;
        permittedAtNanos = now;
        long count = unsaid;
        unsaid = 0;
        return count;
    }
}
