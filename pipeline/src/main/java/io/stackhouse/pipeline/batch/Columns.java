package io.stackhouse.pipeline.batch;

import io.stackhouse.pipeline.memory.DecodeMemory;
import java.util.Arrays;

/** Growing arrays of primitives, for builders of columns. Each takes the memory it grows by before it grows. */
public final class Columns {
    private static final int MAX_LENGTH = Integer.MAX_VALUE - 8;

    private Columns() {}

    /** An int column. One thread. */
    public static final class Ints {
        private final DecodeMemory memory;
        private int[] values;
        private int size;

        public Ints(int capacity) {
            this(capacity, DecodeMemory.unbounded());
        }

        public Ints(int capacity, DecodeMemory memory) {
            this.memory = memory;
            memory.take(DecodeMemory.arrayBytes(capacity, Integer.BYTES));
            this.values = new int[capacity];
        }

        public void add(int value) {
            if (size == values.length) {
                grow();
            }
            values[size++] = value;
        }

        /** Old and new array are held at once while one is copied into the other. */
        private void grow() {
            int capacity = grown(size);
            memory.take(DecodeMemory.arrayBytes(capacity, Integer.BYTES));
            values = Arrays.copyOf(values, capacity);
            memory.giveBack(DecodeMemory.arrayBytes(size, Integer.BYTES));
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
        private final DecodeMemory memory;
        private long[] values;
        private int size;

        public Longs(int capacity) {
            this(capacity, DecodeMemory.unbounded());
        }

        public Longs(int capacity, DecodeMemory memory) {
            this.memory = memory;
            memory.take(DecodeMemory.arrayBytes(capacity, Long.BYTES));
            this.values = new long[capacity];
        }

        public void add(long value) {
            if (size == values.length) {
                grow();
            }
            values[size++] = value;
        }

        /** Old and new array are held at once while one is copied into the other. */
        private void grow() {
            int capacity = grown(size);
            memory.take(DecodeMemory.arrayBytes(capacity, Long.BYTES));
            values = Arrays.copyOf(values, capacity);
            memory.giveBack(DecodeMemory.arrayBytes(size, Long.BYTES));
        }

        /** Makes room for so many elements, no more. */
        void reserve(int capacity) {
            if (values.length < capacity) {
                memory.take(DecodeMemory.arrayBytes(capacity, Long.BYTES));
                memory.giveBack(DecodeMemory.arrayBytes(values.length, Long.BYTES));
                values = Arrays.copyOf(values, capacity);
            }
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
