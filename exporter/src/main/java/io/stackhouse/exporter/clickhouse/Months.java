package io.stackhouse.exporter.clickhouse;

import java.time.LocalDate;

/** The first day of a time's month, in UTC, as days since 1970; remembers the last day asked for. One thread. */
final class Months {
    private static final long NANOS_PER_DAY = 86_400_000_000_000L;

    private long lastDay = Long.MIN_VALUE;
    private long firstOfMonth;

    long firstDay(long unixNanos) {
        long day = Math.floorDiv(unixNanos, NANOS_PER_DAY);
        if (day != lastDay) {
            firstOfMonth = LocalDate.ofEpochDay(day).withDayOfMonth(1).toEpochDay();
            lastDay = day;
        }
        return firstOfMonth;
    }
}
