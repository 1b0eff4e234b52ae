package io.stackhouse.exporter.clickhouse;

import io.stackhouse.exporter.clickhouse.ClickHouseConfig.RetryOnFailure;
import java.util.concurrent.ThreadLocalRandom;

/** Growing, jittered waits between the attempts of one block. One thread. */
final class BackOff {
    private final RetryOnFailure settings;
    private double intervalNanos;

    BackOff(RetryOnFailure settings) {
        this.settings = settings;
        this.intervalNanos = (double) settings.initialInterval().toNanos();
    }

    long nextNanos() {
        double spread = settings.randomizationFactor()
                * (2 * ThreadLocalRandom.current().nextDouble() - 1);
        long next = (long) (intervalNanos * (1 + spread));
        intervalNanos = Math.min(intervalNanos * settings.multiplier(), (double)
                settings.maxInterval().toNanos());
        return Math.max(1, next);
    }
}
