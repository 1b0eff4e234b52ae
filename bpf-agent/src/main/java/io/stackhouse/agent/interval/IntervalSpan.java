package io.stackhouse.agent.interval;

/**
 * When an interval was. Samples are stamped by the clock that counts from boot; what that means in wall-clock time is determined
 * anew for each interval, so that a corrected wall clock is followed.
 *
 * @param startBoottimeNanos begin
 * @param endBoottimeNanos end, later than the begin
 * @param unixMinusBoottimeNanos what to add to a boot time to get wall-clock time
 */
public record IntervalSpan(long startBoottimeNanos, long endBoottimeNanos, long unixMinusBoottimeNanos) {
    long startUnixNanos() {
        return startBoottimeNanos + unixMinusBoottimeNanos;
    }

    long durationNanos() {
        return endBoottimeNanos - startBoottimeNanos;
    }

    /** The same, begun early enough for a sample that the kernel took after the drain of the interval before. */
    IntervalSpan since(long boottimeNanos) {
        return boottimeNanos < startBoottimeNanos
                ? new IntervalSpan(boottimeNanos, endBoottimeNanos, unixMinusBoottimeNanos)
                : this;
    }

    /** Wall-clock time of a sample. */
    long unixNanos(long boottimeNanos) {
        return boottimeNanos + unixMinusBoottimeNanos;
    }
}
