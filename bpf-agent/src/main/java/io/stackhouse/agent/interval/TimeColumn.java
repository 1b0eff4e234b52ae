package io.stackhouse.agent.interval;

import java.util.Arrays;

/** Samples of the same, in growing arrays: when each was, and its value. One thread. */
final class TimeColumn {
    private long[] nanos = new long[4];
    private long[] values = new long[4];
    private int size;

    void add(long time, long value) {
        if (size == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * size);
            values = Arrays.copyOf(values, 2 * size);
        }
        values[size] = value;
        nanos[size++] = time;
    }

    int size() {
        return size;
    }

    /** The times, and behind them room. */
    long[] nanos() {
        return nanos;
    }

    /** The values, and behind them room. */
    long[] values() {
        return values;
    }

    /** The least of at least one. */
    long earliest() {
        long earliest = Long.MAX_VALUE;
        for (int i = 0; i < size; i++) {
            earliest = Math.min(earliest, nanos[i]);
        }
        return earliest;
    }

    long get(int i) {
        return nanos[i];
    }
}
