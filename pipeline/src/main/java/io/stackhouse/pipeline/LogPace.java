package io.stackhouse.pipeline;

import java.util.function.LongConsumer;

/** Says when a line that could repeat may be logged: once in an interval. Any thread. */
public final class LogPace {
    private final Clock clock;
    private final long intervalNanos;
    private boolean isFirst = true;
    private long permittedAtNanos;
    private long unsaid;

    /** Permits the first line. */
    public LogPace(Clock clock, long intervalNanos) {
        this.clock = clock;
        this.intervalNanos = intervalNanos;
    }

    /** How many times it was not permitted since it last was; -1 when it isn't now. */
    public synchronized long permit() {
        long now = clock.nanos();
        if (!isFirst && now - permittedAtNanos < intervalNanos) {
            unsaid++;
            return -1;
        }
        isFirst = false;
        permittedAtNanos = now;
        long count = unsaid;
        unsaid = 0;
        return count;
    }

    /** Calls {@code line} with the number of lines left out, when it is time for one. */
    public void tell(LongConsumer line) {
        long leftOut = permit();
        if (leftOut >= 0) {
            line.accept(leftOut);
        }
    }
}
