package io.stackhouse.exporter.clickhouse;

import io.stackhouse.pipeline.Clock;
import java.time.Duration;

/**
 * How much wider than usual new blocks are made: doubles when ClickHouse has too many parts, so that fewer come, and halves after each quiet
 * minute. Any thread.
 */
final class BlockWidth {
    static final int MAX_FACTOR = 16;
    private static final long QUIET_NANOS = Duration.ofMinutes(1).toNanos();
    private static final long MIN_INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

    private final Clock clock;
    private int factor = 1;
    private long changedNanos;

    BlockWidth(Clock clock) {
        this.clock = clock;
        this.changedNanos = clock.nanos() - MIN_INTERVAL_NANOS;
    }

    synchronized void widen() {
        long now = clock.nanos();
        // Several senders meet the same trouble at once.
        if (now - changedNanos >= MIN_INTERVAL_NANOS) {
            factor = Math.min(MAX_FACTOR, factor * 2);
            changedNanos = now;
        }
    }

    /** 1 to {@value #MAX_FACTOR}. */
    synchronized int factor() {
        long now = clock.nanos();
        if (factor > 1 && now - changedNanos >= QUIET_NANOS) {
            factor /= 2;
            changedNanos = now;
        }
        return factor;
    }
}
