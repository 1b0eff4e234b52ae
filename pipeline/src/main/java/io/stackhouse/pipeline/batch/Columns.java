package io.stackhouse.pipeline.batch;

import io.stackhouse.pipeline.memory.DecodeMemory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Growing columns of numbers that take as few bytes per element as their values need.
 *
 * <p>Element {@code i} is {@code base + step * i + stored}, where {@code stored} has the column's width of 0 to 8 bytes. A new
 * column is a progression and stores nothing (width 0): a constant, a row number, or starts at equal distances cost no memory.
 * The first value that breaks it gives the column a width, and each value that is too large for the width a larger one. Large
 * values, such as timestamps, are stored as their distance to a base near the first of them.
 *
 * <p>An element is read and written as 8 bytes of which the width's are meant, so that no width needs a branch; behind the last
 * element there are 8 bytes more. Appending overwrites what is behind the new element, which is nothing yet.
 */
public final class Columns {
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final byte[] NOTHING_STORED = new byte[Long.BYTES];
    private static final int FIRST_CAPACITY = 16;

    /** From here on values are stored as their distance to a base, which lies half of this below the first. */
    private static final long LARGE = 1L << 40;

    private Columns() {}

    /** A column of longs. One thread. It takes the memory it grows by before it grows. */
    public static final class Longs {
        private DecodeMemory memory;
        private byte[] bytes = NOTHING_STORED;
        private int width;
        /** The bits that a stored number of this width has not. */
        private long beyond = -1;

        private long base;
        private long step;
        private int size;
        /** Where the next element is stored. */
        private int end;

        private int reserved;

        public Longs() {
            this(DecodeMemory.unbounded());
        }

        public Longs(DecodeMemory memory) {
            this.memory = memory;
        }

        public void add(long value) {
            long stored = value - base;
            int at = end;
            if ((stored & beyond) == 0 && at < bytes.length - Long.BYTES) {
                WORDS.set(bytes, at, stored);
                end = at + width;
                size++;
            } else {
                addBreaking(value);
            }
        }

        /** Adds what continues a progression, or breaks it, or is too large, or finds no room. */
        private void addBreaking(long value) {
            if (width == 0 && continues(value)) {
                size++;
                return;
            }
            boolean isFull = end == bytes.length - Long.BYTES;
            store(value, isFull ? grown() : (bytes.length - Long.BYTES) / width);
            WORDS.set(bytes, end, value - base);
            end += width;
            size++;
        }

        private boolean continues(long value) {
            if (size == 0) {
                base = value;
            } else if (size == 1) {
                step = value - base;
            }
            return value == base + step * size;
        }

        public void addRepeated(long value, int count) {
            if (width == 0 && count > 0 && (size == 0 || (step == 0 && base == value))) {
                base = value;
                step = 0;
                size += count;
                return;
            }
            for (int i = 0; i < count; i++) {
                add(value);
            }
        }

        public long get(int index) {
            return base + step * index + ((long) WORDS.get(bytes, index * width) & ~beyond);
        }

        /** Whether all elements from one index up to another are 0 or more, and less than the bound. */
        public boolean areBelow(long bound, int from, int to) {
            long outside = 0;
            int last = width == 0 && step == 0 ? Math.min(from + 1, to) : to;
            for (int i = from; i < last; i++) {
                long value = get(i);
                outside |= value | (bound - 1 - value);
            }
            return outside >= 0;
        }

        public void set(int index, long value) {
            if (((value - base - step * index) & beyond) != 0) {
                store(value, width == 0 ? size : (bytes.length - Long.BYTES) / width);
            }
            if (width != 0) {
                int at = index * width;
                long neighbours = (long) WORDS.get(bytes, at) & beyond;
                WORDS.set(bytes, at, neighbours | (value - base));
            }
        }

        public int size() {
            return size;
        }

        /** Forgets the elements from here on. */
        public void truncate(int newSize) {
            size = newSize;
            end = newSize * width;
        }

        /** How many elements there will be, as far as is known; memory is taken when they are stored. */
        public void reserve(int elements) {
            reserved = elements;
        }

        /** At most what {@link #set} allocates when it moves elements of this column inside it. */
        public long bytesToMoveElements() {
            return width == 0 && step != 0 ? DecodeMemory.arrayBytes((long) size * Long.BYTES + Long.BYTES, 1) : 0;
        }

        /** From now on nothing is taken any more for what changes in it: that has been done, or need not be. */
        public void detach() {
            memory = DecodeMemory.unbounded();
        }

        private int grown() {
            if (size < FIRST_CAPACITY) {
                return FIRST_CAPACITY;
            }
            // A table may come in many pieces, each of which reserves a little more: growing by so little would be
            // quadratic.
            return reserved > size ? Math.max(reserved, size + (size >> 2)) : memory.expected(size);
        }

        /** Stores all elements anew, so that {@code value} may be one of them. */
        private void store(long value, int newCapacity) {
            long newBase = width == 0 ? baseBelow(Math.min(value, base)) : base;
            int newWidth = Math.max(width, widthOf(bitsFrom(newBase) | (value - newBase)));
            int length = Math.toIntExact((long) newCapacity * newWidth + Long.BYTES);
            memory.take(DecodeMemory.arrayBytes(length, 1));
            byte[] stored = new byte[length];
            if (newWidth == width) {
                System.arraycopy(bytes, 0, stored, 0, size * width);
            } else {
                for (int i = 0; i < size; i++) {
                    WORDS.set(stored, i * newWidth, get(i) - newBase);
                }
            }
            memory.giveBack(width == 0 ? 0 : DecodeMemory.arrayBytes(bytes.length, 1));
            bytes = stored;
            width = newWidth;
            beyond = newWidth == Long.BYTES ? 0 : -1L << (newWidth << 3);
            base = newBase;
            step = 0;
            end = size * newWidth;
        }

        private static long baseBelow(long value) {
            return Long.compareUnsigned(value, LARGE) < 0 ? 0 : value - LARGE / 2;
        }

        /** All bits that the elements need when they are stored for the first time; none when they are stored already. */
        private long bitsFrom(long newBase) {
            long bits = 0;
            for (int i = width == 0 ? 0 : size; i < size; i++) {
                bits |= get(i) - newBase;
            }
            return bits;
        }

        /** In bytes; 1 or more. */
        private static int widthOf(long bits) {
            return (Long.SIZE + 7 - Long.numberOfLeadingZeros(bits | 1)) >>> 3;
        }
    }

    /** A column of ints. One thread. It takes the memory it grows by before it grows. */
    public static final class Ints {
        private final Longs values;

        public Ints() {
            values = new Longs();
        }

        public Ints(DecodeMemory memory) {
            values = new Longs(memory);
        }

        public void add(int value) {
            values.add(value);
        }

        public void addRepeated(int value, int count) {
            values.addRepeated(value, count);
        }

        public int get(int index) {
            return (int) values.get(index);
        }

        public void set(int index, int value) {
            values.set(index, value);
        }

        public int size() {
            return values.size();
        }

        public void truncate(int newSize) {
            values.truncate(newSize);
        }

        public void reserve(int elements) {
            values.reserve(elements);
        }

        /** At most what {@link #set} allocates when it moves elements of this column inside it. */
        public long bytesToMoveElements() {
            return values.bytesToMoveElements();
        }

        /** See {@link Longs#detach}. */
        public void detach() {
            values.detach();
        }

        /** See {@link Longs#areBelow}. */
        public boolean areBelow(int bound, int from, int to) {
            return values.areBelow(bound, from, to);
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
}
