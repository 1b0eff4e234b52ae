package io.stackhouse.pipeline.batch;

import java.util.Arrays;

/**
 * Gives equal rows of ints the same index, the first row 0: an open-addressing table over rows that lie one after the other in one
 * array. Rows are compared int by int, so that hashes that collide do no harm. Nothing is allocated for a row that is known. One
 * thread; it grows without a bound of its own, its owner looks at {@link #byteCount}.
 */
public final class IntRows {
    private int[] data = new int[256];
    private int[] starts = new int[33];
    private final RowSlots slots = new RowSlots();

    /** Number of rows. */
    public int count() {
        return slots.count();
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
        return 4L * starts[count()] + 28L * count();
    }

    /** Forgets all rows; keeps its memory. */
    public void clear() {
        slots.clear();
    }

    /** The index of the row that stands in an array from one index up to another; it is added at the end when it is new. */
    public int intern(int[] row, int from, int to) {
        int known = slots.first(hash(row, from, to));
        while (known >= 0) {
            if (Arrays.equals(data, starts[known], starts[known + 1], row, from, to)) {
                return known;
            }
            known = slots.next();
        }
        return add(row, from, to);
    }

    private int add(int[] row, int from, int to) {
        int index = slots.add();
        int start = starts[index];
        int end = start + to - from;
        if (end > data.length) {
            data = Arrays.copyOf(data, Math.max(end, data.length * 2));
        }
        if (index + 1 == starts.length) {
            starts = Arrays.copyOf(starts, index * 2 + 1);
        }
        System.arraycopy(row, from, data, start, to - from);
        starts[index + 1] = end;
        return index;
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
