package io.stackhouse.exporter.clickhouse;

import java.time.Duration;

/** Which times are believed: from 48 h before a request was received to 10 min after. Stateless. */
final class TimeWindow {
    /** Holds the time that was not believed, in decimal nanoseconds since 1970. */
    static final String ORIGINAL_TIMESTAMP = "stackhouse.original_timestamp";

    private static final long PAST_NANOS = Duration.ofDays(2).toNanos();
    private static final long FUTURE_NANOS = Duration.ofMinutes(10).toNanos();

    private TimeWindow() {}

    /** Whether a wall time is near enough to the time of receipt; times past 2262 (negative) never are. */
    static boolean contains(long unixNanos, long receivedUnixNanos) {
        return unixNanos >= 0
                && unixNanos >= receivedUnixNanos - PAST_NANOS
                && unixNanos <= receivedUnixNanos + FUTURE_NANOS;
    }
}
