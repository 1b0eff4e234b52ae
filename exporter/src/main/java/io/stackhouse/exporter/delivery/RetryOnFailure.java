package io.stackhouse.exporter.delivery;

import java.time.Duration;

/**
 * When what a destination did not take is sent again, with the keys and, but for the end, the defaults of the OpenTelemetry
 * Collector. The same bytes are sent each time.
 *
 * @param enabled whether to try again at all
 * @param initialInterval before the second attempt
 * @param randomizationFactor each interval is drawn from ± this share
 * @param multiplier from one interval to the next
 * @param maxInterval between two attempts
 * @param maxElapsedTime since the first attempt, after which it is given up; 0 for never
 */
public record RetryOnFailure(
        boolean enabled,
        Duration initialInterval,
        double randomizationFactor,
        double multiplier,
        Duration maxInterval,
        Duration maxElapsedTime) {
    public RetryOnFailure {
        check(
                !initialInterval.isZero() && !initialInterval.isNegative(),
                "initial_interval must be more than 0, such as 5s");
        check(
                randomizationFactor >= 0 && randomizationFactor < 1,
                "randomization_factor must be at least 0 and less than 1");
        check(multiplier >= 1 && multiplier <= 10, "multiplier must be 1 to 10");
        check(
                maxInterval.compareTo(initialInterval) >= 0,
                "max_interval must be at least initial_interval (" + initialInterval + ")");
        check(!maxElapsedTime.isNegative(), "max_elapsed_time must be 0 (never give up) or more");
    }

    /** Without end: the journal holds what waits. */
    public static RetryOnFailure defaults() {
        return new RetryOnFailure(true, Duration.ofSeconds(5), 0.5, 1.5, Duration.ofSeconds(30), Duration.ZERO);
    }

    private static void check(boolean isRight, String problem) {
        if (!isRight) {
            throw new IllegalArgumentException(problem);
        }
    }
}
