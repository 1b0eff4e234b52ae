package io.stackhouse.exporter.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;

class TimeWindowTest {
    private static final long NOW = Instant.parse("2026-03-01T00:00:00Z").getEpochSecond() * 1_000_000_000L;

    @Test
    void believesTwoDaysBackAndTenMinutesAhead() {
        long past = Duration.ofDays(2).toNanos();
        long future = Duration.ofMinutes(10).toNanos();
        assertThat(TimeWindow.contains(NOW, NOW)).isTrue();
        assertThat(TimeWindow.contains(NOW - past, NOW)).isTrue();
        assertThat(TimeWindow.contains(NOW - past - 1, NOW)).isFalse();
        assertThat(TimeWindow.contains(NOW + future, NOW)).isTrue();
        assertThat(TimeWindow.contains(NOW + future + 1, NOW)).isFalse();
    }

    @Test
    void doesNotBelieveTheEndsOfTime() {
        assertThat(TimeWindow.contains(0, NOW)).isFalse();
        assertThat(TimeWindow.contains(-1, NOW)).isFalse();
        assertThat(TimeWindow.contains(Long.MAX_VALUE, NOW)).isFalse();
        assertThat(TimeWindow.contains(Long.MIN_VALUE, NOW)).isFalse();
    }

    @Test
    void findsTheMonthOfATime() {
        Months months = new Months();
        assertThat(months.firstDay(NOW)).isEqualTo(LocalDate.of(2026, 3, 1).toEpochDay());
        assertThat(months.firstDay(NOW - 1)).isEqualTo(LocalDate.of(2026, 2, 1).toEpochDay());
        assertThat(months.firstDay(0)).isZero();
    }
}
