package io.stackhouse.pipeline.batch;

import org.jspecify.annotations.Nullable;

/**
 * Arrays that columns are filled in before they are packed, kept for the next message: each column finds the array it used last. The
 * columns of one message use it at one time, in the order in which they are made; one thread.
 */
public final class ColumnArrays {
    private static final int MAX_COLUMNS = 64;

    private final int[][] ints = new int[MAX_COLUMNS][];
    private final long[][] longs = new long[MAX_COLUMNS][];
    private int columns;

    /** Begins a message: the columns of the last one must have been packed, or be gone. */
    public void restart() {
        columns = 0;
    }

    /** The number of a new column. */
    int column() {
        return columns++;
    }

    /** An array of the length or more; what it holds is arbitrary, but it begins with {@code size} elements of the old one. */
    int[] ints(int column, int length, int @Nullable [] old, int size) {
        int[] kept = ints[column];
        if (kept == null || kept.length < length) {
            kept = new int[length];
            ints[column] = kept;
        }
        if (old != null && old != kept) {
            System.arraycopy(old, 0, kept, 0, size);
        }
        return kept;
    }

    /** As {@link #ints}. */
    long[] longs(int column, int length, long @Nullable [] old, int size) {
        long[] kept = longs[column];
        if (kept == null || kept.length < length) {
            kept = new long[length];
            longs[column] = kept;
        }
        if (old != null && old != kept) {
            System.arraycopy(old, 0, kept, 0, size);
        }
        return kept;
    }

    /** What is kept, in bytes. */
    public long keptBytes() {
        long bytes = 0;
        for (int i = 0; i < MAX_COLUMNS; i++) {
            bytes += ints[i] == null ? 0 : (long) ints[i].length * Integer.BYTES;
            bytes += longs[i] == null ? 0 : (long) longs[i].length * Long.BYTES;
        }
        return bytes;
    }
}
