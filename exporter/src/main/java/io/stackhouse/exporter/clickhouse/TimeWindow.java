package io.stackhouse.exporter.clickhouse;

import io.stackhouse.pipeline.batch.BelievedTimes;

/** Which times are believed: from 48 h before a request was received to 10 min after. Stateless. */
final class TimeWindow {
    /** Holds the time that was not believed, in decimal nanoseconds since 1970. */
    static final String ORIGINAL_TIMESTAMP = "stackhouse.original_timestamp";

    private TimeWindow() {}

    /** Whether a wall time is near enough to the time of receipt; times past 2262 (negative) never are. */
    static boolean contains(long unixNanos, long receivedUnixNanos) {
        return BelievedTimes.contains(unixNanos, receivedUnixNanos);
    }
}
