package io.stackhouse.pipeline.batch;

import java.util.Arrays;

/**
 * Gives equal rows of ints the same index, the first row 0: an open-addressing table over rows that lie one after the other in one
 * array. Rows are compared int by int, so that hashes that collide do no harm. Nothing is allocated for a row that is known. One
 * thread; it grows without a bound of its own, its owner looks at {@link #byteCount}.
 */
public final class IntRows {
    private static final int INITIAL_SLOTS = 64;

    private int[] data = new int[256];
    private int[] starts = new int[33];
    private int[] hashes = new int[32];
    private int[] slots = new int[INITIAL_SLOTS];
    private int count;

    /** Number of rows. */
    public int count() {
        return count;
    }

    /** Where the row begins, to be read with {@link #get}. */
    public int start(int row) {
        return starts[row];
    }

    /** Behind the row's last int. */
    public int end(int row) {
        return starts[row + 1];
    }

    public int get(int position) {
        return data[position];
    }

    /** About what its rows take in memory, in bytes. */
    public long byteCount() {
        return 4L * starts[count] + 16L * count;
    }

    /** Forgets all rows; keeps its memory. */
    public void clear() {
        count = 0;
        Arrays.fill(slots, 0);
    }

    /** The index of the row that stands in an array from one index up to another; it is added at the end when it is new. */
    public int intern(int[] row, int from, int to) {
        int hash = hash(row, from, to);
        int mask = slots.length - 1;
        int slot = hash & mask;
        while (slots[slot] != 0) {
            int known = slots[slot] - 1;
            if (hashes[known] == hash && Arrays.equals(data, starts[known], starts[known + 1], row, from, to)) {
                return known;
            }
            slot = (slot + 1) & mask;
        }
        slots[slot] = count + 1;
        return add(row, from, to, hash);
    }

    private int add(int[] row, int from, int to, int hash) {
        int start = starts[count];
        int end = start + to - from;
        if (end > data.length) {
            data = Arrays.copyOf(data, Math.max(end, data.length * 2));
        }
        if (count == hashes.length) {
            hashes = Arrays.copyOf(hashes, count * 2);
            starts = Arrays.copyOf(starts, count * 2 + 1);
        }
        System.arraycopy(row, from, data, start, to - from);
        int index = count++;
        hashes[index] = hash;
        starts[count] = end;
        if (count * 2 > slots.length) {
            rehash();
        }
        return index;
    }

    private void rehash() {
        slots = new int[slots.length * 2];
        int mask = slots.length - 1;
        for (int i = 0; i < count; i++) {
            int slot = hashes[i] & mask;
            while (slots[slot] != 0) {
                slot = (slot + 1) & mask;
            }
            slots[slot] = i + 1;
        }
    }

    private static int hash(int[] row, int from, int to) {
        long hash = (long) to - from;
        for (int i = from; i < to; i++) {
            hash = (hash ^ row[i]) * 0x9e3779b97f4a7c15L;
            hash ^= hash >>> 32;
        }
        return (int) (hash ^ hash >>> 16);
    }
}
