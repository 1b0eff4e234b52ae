package io.stackhouse.processor.memorylimiter;

import java.time.Duration;

/**
 * Settings of {@code memory_limiter}.
 *
 * @param checkInterval how often memory is looked at
 * @param limitMib hard limit of the heap in MiB; 0 when {@code limitPercentage} says it
 * @param spikeLimitMib how far below it the soft limit lies, in MiB; 0 for a fifth of the hard limit
 * @param limitPercentage hard limit in percent of the largest heap that the JVM may have
 * @param spikeLimitPercentage how far below it the soft limit lies, in the same percent; 0 for a fifth of the hard limit
 * @param minGcIntervalWhenSoftLimited least time between collections that are asked for above the soft limit
 * @param minGcIntervalWhenHardLimited least time between collections that are asked for above the hard limit
 */
public record MemoryLimiterConfig(
        Duration checkInterval,
        long limitMib,
        long spikeLimitMib,
        int limitPercentage,
        int spikeLimitPercentage,
        Duration minGcIntervalWhenSoftLimited,
        Duration minGcIntervalWhenHardLimited) {
    public MemoryLimiterConfig {
        if (checkInterval.isZero() || checkInterval.isNegative()) {
            throw new IllegalArgumentException("check_interval must be more than 0; write 1s");
        }
        if (limitMib < 0 || limitMib > Long.MAX_VALUE >> 20) {
            throw new IllegalArgumentException("limit_mib must be 0 or more MiB, not " + limitMib);
        }
        if (spikeLimitMib < 0 || (spikeLimitMib > 0 && limitMib > 0 && spikeLimitMib >= limitMib)) {
            throw new IllegalArgumentException("spike_limit_mib must be less than limit_mib, not " + spikeLimitMib);
        }
        if (limitPercentage < 0 || limitPercentage > 100) {
            throw new IllegalArgumentException("limit_percentage must be from 1 to 100, not " + limitPercentage);
        }
        boolean isSpikeTooLarge =
                spikeLimitPercentage > 0 && limitPercentage > 0 && spikeLimitPercentage >= limitPercentage;
        if (spikeLimitPercentage < 0 || spikeLimitPercentage > 100 || isSpikeTooLarge) {
            throw new IllegalArgumentException(
                    "spike_limit_percentage must be less than limit_percentage, not " + spikeLimitPercentage);
        }
        if (minGcIntervalWhenSoftLimited.compareTo(minGcIntervalWhenHardLimited) < 0) {
            throw new IllegalArgumentException("min_gc_interval_when_soft_limited must be at least"
                    + " min_gc_interval_when_hard_limited; write 10s and 0s");
        }
    }

    /** In bytes; {@code limit_mib} goes before {@code limit_percentage}. */
    long hardLimitBytes(long maxHeapBytes) {
        return limitMib > 0 ? limitMib << 20 : (long) (maxHeapBytes / 100.0 * limitPercentage);
    }

    /** In bytes. */
    long softLimitBytes(long maxHeapBytes) {
        long hard = hardLimitBytes(maxHeapBytes);
        long spike = limitMib > 0 ? spikeLimitMib << 20 : (long) (maxHeapBytes / 100.0 * spikeLimitPercentage);
        return hard - (spike == 0 ? hard / 5 : spike);
    }
}
