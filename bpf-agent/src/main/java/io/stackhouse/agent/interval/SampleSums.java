package io.stackhouse.agent.interval;

import java.util.Arrays;

/** Sums by a key other than 0, in the order of first sight. Reused; one thread. */
final class SampleSums {
    private static final int FIRST_CAPACITY = 64;

    private long[] keys = new long[FIRST_CAPACITY];
    private long[] sums = new long[FIRST_CAPACITY];
    private int[] index = new int[2 * FIRST_CAPACITY]; // position + 1, 0 for a free slot
    private int size;

    void add(long key, long value) {
        int mask = index.length - 1;
        int slot = slotOf(key, mask);
        while (index[slot] != 0) {
            int at = index[slot] - 1;
            if (keys[at] == key) {
                sums[at] += value;
                return;
            }
            slot = (slot + 1) & mask;
        }
        if (size == keys.length) {
            grow();
            add(key, value);
            return;
        }
        keys[size] = key;
        sums[size] = value;
        index[slot] = ++size;
    }

    int size() {
        return size;
    }

    long key(int i) {
        return keys[i];
    }

    long sum(int i) {
        return sums[i];
    }

    void clear() {
        size = 0;
        Arrays.fill(index, 0);
    }

    private void grow() {
        keys = Arrays.copyOf(keys, 2 * size);
        sums = Arrays.copyOf(sums, 2 * size);
        index = new int[4 * size];
        int mask = index.length - 1;
        for (int i = 0; i < size; i++) {
            int slot = slotOf(keys[i], mask);
            while (index[slot] != 0) {
                slot = (slot + 1) & mask;
            }
            index[slot] = i + 1;
        }
    }

    private static int slotOf(long key, int mask) {
        return (int) ((key * 0x9E3779B97F4A7C15L) >>> 32) & mask;
    }
}
