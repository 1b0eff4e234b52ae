package io.stackhouse.exporter.delivery;

import java.util.concurrent.ThreadLocalRandom;

/** Growing, jittered waits between the attempts of one request or block. One thread. */
public final class BackOff {
    private final RetryOnFailure settings;
    private double intervalNanos;

    public BackOff(RetryOnFailure settings) {
        this.settings = settings;
        this.intervalNanos = (double) settings.initialInterval().toNanos();
    }

    /** How long to wait now; at least 1. */
    public long nextNanos() {
        double spread = settings.randomizationFactor()
                * (2 * ThreadLocalRandom.current().nextDouble() - 1);
        long next = (long) (intervalNanos * (1 + spread));
        intervalNanos = Math.min(intervalNanos * settings.multiplier(), (double)
                settings.maxInterval().toNanos());
        return Math.max(1, next);
    }
}
