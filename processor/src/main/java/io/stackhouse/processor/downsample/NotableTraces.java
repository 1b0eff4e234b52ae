package io.stackhouse.processor.downsample;

import io.stackhouse.pipeline.Clock;
import io.stackhouse.processor.downsample.DownsampleConfig.TracesConfig;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The traces that were seen to fail or to be slow, for a while. Any thread, without a lock; of two that write to one slot at the same
 * moment one may be forgotten.
 *
 * <p>A table of sets of {@value #WAYS} slots. A slot is one long: 40 bits of the trace id's hash, the highest of them set so that
 * no used slot is 0, and 24 bits of the second in which it was seen. The set is chosen by other bits. When a set is full, its oldest
 * is forgotten. Two traces share set and hash once in 2^39 look-ups of a full set or so: then samples are kept that needn't be.
 */
final class NotableTraces {
    private static final int WAYS = 8;
    private static final long SECONDS = 0xff_ffffL;
    private static final long USED = 1L << 63;

    private final TracesConfig config;
    private final Clock clock;
    private final AtomicLongArray slots;
    private final int setMask;
    private final long rememberSeconds;

    NotableTraces(TracesConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
        int sets = Integer.highestOneBit(Math.max(1, (config.maxTraces() - 1) / WAYS)) * 2;
        this.slots = new AtomicLongArray(sets * WAYS);
        this.setMask = sets - 1;
        this.rememberSeconds = config.remember().toSeconds();
    }

    /** Whether it was made with the same settings. */
    boolean isFor(TracesConfig other) {
        return config.maxTraces() == other.maxTraces() && config.remember().equals(other.remember());
    }

    /** Remembers a trace; says whether a younger one than {@code remember} had to be forgotten for it. */
    boolean add(long traceHigh, long traceLow) {
        long hash = ThresholdSampling.mix(traceHigh, traceLow);
        int first = first(hash);
        long print = print(hash);
        long now = seconds();
        int oldest = first;
        long oldestAge = -1;
        for (int i = first; i < first + WAYS; i++) {
            long slot = slots.get(i);
            if (slot == 0 || (slot & ~SECONDS) == print) {
                slots.set(i, print | now);
                return false;
            }
            long age = age(slot, now);
            if (age > oldestAge) {
                oldest = i;
                oldestAge = age;
            }
        }
        slots.set(oldest, print | now);
        return oldestAge <= rememberSeconds;
    }

    boolean contains(long traceHigh, long traceLow) {
        long hash = ThresholdSampling.mix(traceHigh, traceLow);
        int first = first(hash);
        long print = print(hash);
        for (int i = first; i < first + WAYS; i++) {
            long slot = slots.get(i);
            if ((slot & ~SECONDS) == print) {
                return age(slot, seconds()) <= rememberSeconds;
            }
        }
        return false;
    }

    private int first(long hash) {
        return ((int) hash & setMask) * WAYS;
    }

    private static long print(long hash) {
        return (hash & ~SECONDS) | USED;
    }

    private static long age(long slot, long now) {
        return (now - slot) & SECONDS;
    }

    /** Of the monotonic clock; the difference of two is right for half a year. */
    private long seconds() {
        return TimeUnit.NANOSECONDS.toSeconds(clock.nanos()) & SECONDS;
    }
}
