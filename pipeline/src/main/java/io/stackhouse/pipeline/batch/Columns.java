package io.stackhouse.pipeline.batch;

import java.util.Arrays;

/** Growing arrays of primitives, for builders of columns. */
public final class Columns {
    private static final int MAX_LENGTH = Integer.MAX_VALUE - 8;

    private Columns() {}

    /** An int column. One thread. */
    public static final class Ints {
        private int[] values;
        private int size;

        public Ints(int capacity) {
            values = new int[capacity];
        }

        public void add(int value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, grown(size));
            }
            values[size++] = value;
        }

        public int get(int index) {
            return values[index];
        }

        public void set(int index, int value) {
            values[index] = value;
        }

        public int size() {
            return size;
        }

        public void truncate(int newSize) {
            size = newSize;
        }

        /** The array behind; valid up to {@link #size}, until the next add. */
        public int[] array() {
            return values;
        }
    }

    /** A long column. One thread. */
    public static final class Longs {
        private long[] values;
        private int size;

        public Longs(int capacity) {
            values = new long[capacity];
        }

        public void add(long value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, grown(size));
            }
            values[size++] = value;
        }

        public long get(int index) {
            return values[index];
        }

        public void set(int index, long value) {
            values[index] = value;
        }

        public int size() {
            return size;
        }

        public void truncate(int newSize) {
            size = newSize;
        }

        /** The array behind; valid up to {@link #size}, until the next add. */
        public long[] array() {
            return values;
        }
    }

    private static int grown(int size) {
        return (int) Math.min(Math.max(8L, size + (size >> 1) + 1L), MAX_LENGTH);
    }
}
