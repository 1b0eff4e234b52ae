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

    /** Wall-clock time of a sample, moved into the interval if it was taken a moment before it. */
    long unixNanos(long boottimeNanos) {
        long inside = Math.min(Math.max(boottimeNanos, startBoottimeNanos), endBoottimeNanos - 1);
        return inside + unixMinusBoottimeNanos;
    }
}
