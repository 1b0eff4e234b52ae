package io.stackhouse.agent.interval;

import java.util.Arrays;

/** Times in a growing array. One thread. */
final class TimeColumn {
    private long[] nanos = new long[4];
    private int size;

    void add(long time) {
        if (size == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * size);
        }
        nanos[size++] = time;
    }

    int size() {
        return size;
    }

    /** The times, and behind them room. */
    long[] nanos() {
        return nanos;
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
