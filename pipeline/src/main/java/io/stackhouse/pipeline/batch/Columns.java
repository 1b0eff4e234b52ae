package io.stackhouse.pipeline.batch;

import io.stackhouse.pipeline.memory.DecodeMemory;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Growing columns of numbers: filled as plain arrays, then packed into as few bytes per element as their values need.
 *
 * <p>A column that is a constant needs no array at all. Whoever fills one quickly writes into its array ({@code room}, {@code added}). The
 * arrays come from a {@link ColumnArrays} where a decoder fills the same columns for one message after the other: nothing is allocated
 * then but what {@code pack} leaves. Without one, a column need not be packed.
 */
public final class Columns {
    private static final int FIRST_CAPACITY = 16;

    private Columns() {}

    private static int[] copyOf(int @Nullable [] old, int length) {
        return old == null ? new int[length] : Arrays.copyOf(old, length);
    }

    private static long[] copyOf(long @Nullable [] old, int length) {
        return old == null ? new long[length] : Arrays.copyOf(old, length);
    }

    /** Half as many more, or as many as there will be as far as is known. */
    private static int capacityFor(int size, int more, int capacity, int reserved) {
        long needed = (long) size + more;
        long wanted = Math.max(Math.max(needed, capacity + (capacity >> 1)), Math.max(reserved, FIRST_CAPACITY));
        return Math.toIntExact(Math.min(wanted, Integer.MAX_VALUE - 16));
    }

    /** A column of ints. One thread. It takes the memory it grows by before it grows. */
    public static final class Ints {
        private @Nullable ColumnArrays arrays;
        private final int column;
        private DecodeMemory memory;
        /** While it is filled, and more than a constant. */
        private int @Nullable [] open;
        /** All elements when {@link #open} is null. */
        private PackedNumbers packed = PackedNumbers.constant(0);

        private int size;
        /** Of the open array, as far as its memory has been taken. */
        private int capacity;

        private int reserved;
        /** So many of the first elements are 0 to {@link #highest}, as far as was asked. */
        private int known;

        private int highest;

        /** A column whose memory nobody counts. */
        public Ints() {
            this(DecodeMemory.unbounded());
        }

        /** A column with an array of its own. */
        public Ints(DecodeMemory memory) {
            this(memory, null);
        }

        /**
         * Makes an empty column.
         *
         * @param arrays where it is filled; it must be packed before these are used again
         */
        public Ints(DecodeMemory memory, @Nullable ColumnArrays arrays) {
            this.memory = memory;
            this.arrays = arrays;
            this.column = arrays == null ? 0 : arrays.column();
        }

        /** Adds an element. */
        public void add(int value) {
            int[] array = open;
            if (array != null && size < capacity) {
                array[size++] = value;
            } else {
                addSlowly(value);
            }
        }

        private void addSlowly(int value) {
            if (!addToConstant(value, 1)) {
                room(1)[size++] = value;
            }
        }

        /** Adds the same element so many times. */
        public void addRepeated(int value, int count) {
            if (count > 0 && !addToConstant(value, count)) {
                int[] array = room(count);
                Arrays.fill(array, size, size + count, value);
                size += count;
            }
        }

        /** Adds so many elements, the first as given, each of the others one more than the one before it. */
        public void addProgression(int first, int count) {
            if (open == null && (size == 0 || packed.isProgression(first - size))) {
                packed = size == 0 && count > 0 ? PackedNumbers.progression(first) : packed;
                size += count;
                return;
            }
            int[] array = room(count);
            for (int i = 0; i < count; i++) {
                array[size++] = first + i;
            }
        }

        private boolean addToConstant(int value, int count) {
            if (open != null || !(size == 0 || packed.isConstant(value))) {
                return false;
            }
            if (size == 0) {
                packed = PackedNumbers.constant(value);
            }
            size += count;
            return true;
        }

        /**
         * The array that the column is filled in, with room for so many elements more. What is written behind the last element
         * belongs to the column once it is {@link #added}; the array is good until the next call.
         */
        public int[] room(int more) {
            int[] array = open;
            return array != null && capacity - size >= more ? array : grown(more);
        }

        /** So many elements were written to {@link #room}. */
        public void added(int count) {
            size += count;
        }

        private int[] grown(int more) {
            int newCapacity = capacityFor(size, more, capacity, reserved);
            memory.take(DecodeMemory.arrayBytes(newCapacity, Integer.BYTES));
            int[] array = arrays == null ? copyOf(open, newCapacity) : arrays.ints(column, newCapacity, open, size);
            if (open == null) {
                for (int i = 0; i < size; i++) {
                    array[i] = (int) packed.get(i);
                }
            } else {
                memory.giveBack(DecodeMemory.arrayBytes(capacity, Integer.BYTES));
            }
            capacity = newCapacity;
            open = array;
            return array;
        }

        /** Gives up the array it was filled in; what was added takes as little memory as it can. */
        public void pack() {
            int[] array = open;
            if (array != null) {
                packed = size == 0
                        ? PackedNumbers.constant(0)
                        : PackedNumbers.of(array, size, known == size ? highest : -1, memory);
                memory.giveBack(DecodeMemory.arrayBytes(capacity, Integer.BYTES));
                open = null;
                capacity = 0;
            }
            // They are another message's from now on.
            arrays = null;
        }

        public int get(int index) {
            int[] array = open;
            return array != null ? array[index] : (int) packed.get(index);
        }

        /** Whether all elements from one index up to another are 0 or more, and less than the bound. */
        public boolean areBelow(int bound, int from, int to) {
            return areBetween(0, bound, from, to);
        }

        /** Whether all elements from one index up to another are so much or more, and less than the bound. */
        public boolean areBetween(int least, int bound, int from, int to) {
            int[] array = open;
            int outside = 0;
            if (array == null) {
                for (int i = from; i < to; i++) {
                    int value = (int) packed.get(i);
                    outside |= (value - least) | (bound - 1 - value) | value;
                }
            } else {
                for (int i = from; i < to; i++) {
                    outside |= (array[i] - least) | (bound - 1 - array[i]) | array[i];
                }
                if (outside >= 0 && from <= known) {
                    known = Math.max(known, to);
                    highest = Math.max(highest, bound - 1);
                }
            }
            return outside >= 0;
        }

        public void set(int index, int value) {
            int[] array = open;
            if (array != null) {
                array[index] = value;
                known = Math.min(known, index);
            } else {
                packed = packed.with(index, value, size, memory);
            }
        }

        public int size() {
            return size;
        }

        /** Forgets the elements from here on. */
        public void truncate(int newSize) {
            size = newSize;
            known = Math.min(known, newSize);
        }

        /** How many elements there will be, as far as is known; memory is taken when they are stored. */
        public void reserve(int elements) {
            reserved = elements;
        }

        /** At most what {@link #set} allocates when it moves elements of this column inside it. */
        public long bytesToMoveElements() {
            return open == null ? packed.bytesToMoveElements(size) : 0;
        }

        /** From now on nothing is taken any more for what changes in it: that has been done, or need not be. */
        public void detach() {
            memory = DecodeMemory.unbounded();
        }

        /** A copy of a part of it. */
        public int[] copyOfRange(int from, int to) {
            int[] copy = new int[to - from];
            for (int i = from; i < to; i++) {
                copy[i - from] = get(i);
            }
            return copy;
        }
    }

    /** A column of longs. One thread. It takes the memory it grows by before it grows. */
    public static final class Longs {
        private @Nullable ColumnArrays arrays;
        private final int column;
        private DecodeMemory memory;
        /** While it is filled, and more than a constant. */
        private long @Nullable [] open;
        /** All elements when {@link #open} is null. */
        private PackedNumbers packed = PackedNumbers.constant(0);

        private int size;
        /** Of the open array, as far as its memory has been taken. */
        private int capacity;

        private int reserved;

        /** A column whose memory nobody counts. */
        public Longs() {
            this(DecodeMemory.unbounded());
        }

        /** A column with an array of its own. */
        public Longs(DecodeMemory memory) {
            this(memory, null);
        }

        /**
         * Makes an empty column.
         *
         * @param arrays where it is filled; it must be packed before these are used again
         */
        public Longs(DecodeMemory memory, @Nullable ColumnArrays arrays) {
            this.memory = memory;
            this.arrays = arrays;
            this.column = arrays == null ? 0 : arrays.column();
        }

        /** Adds an element. */
        public void add(long value) {
            long[] array = open;
            if (array != null && size < capacity) {
                array[size++] = value;
            } else {
                addSlowly(value);
            }
        }

        private void addSlowly(long value) {
            if (!addToConstant(value, 1)) {
                room(1)[size++] = value;
            }
        }

        /** Adds the same element so many times. */
        public void addRepeated(long value, int count) {
            if (count > 0 && !addToConstant(value, count)) {
                long[] array = room(count);
                Arrays.fill(array, size, size + count, value);
                size += count;
            }
        }

        private boolean addToConstant(long value, int count) {
            if (open != null || !(size == 0 || packed.isConstant(value))) {
                return false;
            }
            if (size == 0) {
                packed = PackedNumbers.constant(value);
            }
            size += count;
            return true;
        }

        /**
         * The array that the column is filled in, with room for so many elements more. What is written behind the last element
         * belongs to the column once it is {@link #added}; the array is good until the next call.
         */
        public long[] room(int more) {
            long[] array = open;
            return array != null && capacity - size >= more ? array : grown(more);
        }

        /** So many elements were written to {@link #room}. */
        public void added(int count) {
            size += count;
        }

        private long[] grown(int more) {
            int newCapacity = capacityFor(size, more, capacity, reserved);
            memory.take(DecodeMemory.arrayBytes(newCapacity, Long.BYTES));
            long[] array = arrays == null ? copyOf(open, newCapacity) : arrays.longs(column, newCapacity, open, size);
            if (open == null) {
                for (int i = 0; i < size; i++) {
                    array[i] = packed.get(i);
                }
            } else {
                memory.giveBack(DecodeMemory.arrayBytes(capacity, Long.BYTES));
            }
            capacity = newCapacity;
            open = array;
            return array;
        }

        /** Gives up the array it was filled in; what was added takes as little memory as it can. */
        public void pack() {
            long[] array = open;
            if (array != null) {
                packed = size == 0 ? PackedNumbers.constant(0) : PackedNumbers.of(array, size, memory);
                memory.giveBack(DecodeMemory.arrayBytes(capacity, Long.BYTES));
                open = null;
                capacity = 0;
            }
            // They are another message's from now on.
            arrays = null;
        }

        public long get(int index) {
            long[] array = open;
            return array != null ? array[index] : packed.get(index);
        }

        /** Whether all elements from one index up to another are 0 or more, and less than the bound. */
        public boolean areBelow(long bound, int from, int to) {
            long[] array = open;
            long outside = 0;
            if (array == null) {
                for (int i = from; i < to; i++) {
                    long value = packed.get(i);
                    outside |= value | (bound - 1 - value);
                }
            } else {
                for (int i = from; i < to; i++) {
                    outside |= array[i] | (bound - 1 - array[i]);
                }
            }
            return outside >= 0;
        }

        public void set(int index, long value) {
            long[] array = open;
            if (array != null) {
                array[index] = value;
            } else {
                packed = packed.with(index, value, size, memory);
            }
        }

        public int size() {
            return size;
        }

        /** Forgets the elements from here on. */
        public void truncate(int newSize) {
            size = newSize;
        }

        /** How many elements there will be, as far as is known; memory is taken when they are stored. */
        public void reserve(int elements) {
            reserved = elements;
        }

        /** At most what {@link #set} allocates when it moves elements of this column inside it. */
        public long bytesToMoveElements() {
            return open == null ? packed.bytesToMoveElements(size) : 0;
        }

        /** From now on nothing is taken any more for what changes in it: that has been done, or need not be. */
        public void detach() {
            memory = DecodeMemory.unbounded();
        }
    }
}
