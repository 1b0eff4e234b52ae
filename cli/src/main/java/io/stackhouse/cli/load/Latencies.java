package io.stackhouse.cli.load;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * How long requests waited for their answers, in nanoseconds with three digits. Any thread.
 *
 * <p>In an open loop each wait counts from the time on when its request was due, not from when it left: what would have been sent during a stall has waited too ("coordinated omission").
 */
public final class Latencies {

    private static final int DIGITS = 3;
    private static final long MAX_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final double NANOS_PER_MILLI = 1e6;

    private final Histogram nanos = new ConcurrentHistogram(MAX_NANOS, DIGITS);

    public void add(long waitedNanos) {
        nanos.recordValue(Math.max(0, Math.min(waitedNanos, MAX_NANOS)));
    }

    public void clear() {
        nanos.reset();
    }

    public long count() {
        return nanos.getTotalCount();
    }

    /** The wait that so many per cent did not exceed, 0 without any. */
    public double millis(double percentile) {
        return count() == 0 ? 0 : nanos.getValueAtPercentile(percentile) / NANOS_PER_MILLI;
    }

    public double maxMillis() {
        return nanos.getMaxValue() / NANOS_PER_MILLI;
    }
}
