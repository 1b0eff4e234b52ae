package io.stackhouse.pipeline.batch;

import java.time.Duration;

/** Which times of telemetry are believed: from 48 h before a request was received to 10 min after. Stateless. */
public final class BelievedTimes {
    private static final long PAST_NANOS = Duration.ofDays(2).toNanos();
    private static final long FUTURE_NANOS = Duration.ofMinutes(10).toNanos();

    private BelievedTimes() {}

    /** Whether a wall time is near enough to the time of receipt; times past 2262 (negative) never are. */
    public static boolean contains(long unixNanos, long receivedUnixNanos) {
        return unixNanos >= 0
                && unixNanos >= receivedUnixNanos - PAST_NANOS
                && unixNanos <= receivedUnixNanos + FUTURE_NANOS;
    }

    /** The time that an observation is stored under: its own, else its profile's; when that is none or not believed, the receipt's. */
    public static long stored(long unixNanos, long profileUnixNanos, long receivedUnixNanos) {
        long time = unixNanos == 0 ? profileUnixNanos : unixNanos;
        return time != 0 && contains(time, receivedUnixNanos) ? time : receivedUnixNanos;
    }
}
