package io.stackhouse.pipeline.batch;

import io.stackhouse.pipeline.memory.DecodeMemory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Numbers that take as few bytes each as their values need.
 *
 * <p>Element {@code i} is {@code base + step * i + stored}, where {@code stored} has the same width of 0 to 8 bytes for all of
 * them. A progression stores nothing (width 0): a constant, a row number, or starts at equal distances cost no memory.
 *
 * <p>An element is read as 8 bytes of which the width's are meant, so that no width needs a branch; behind the last element there
 * are 8 bytes more. One thread; how many elements there are is known to the column.
 */
final class PackedNumbers {
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final byte[] NOTHING_STORED = new byte[Long.BYTES];
    /** Shared by all columns that hold nothing, or nothing else; never changed. */
    private static final PackedNumbers ZERO = new PackedNumbers(0, 0);

    private byte[] bytes = NOTHING_STORED;
    private int width;
    /** The bits that a stored number of this width has not. */
    private long beyond = -1;

    private long base;
    private long step;

    private PackedNumbers(long base, long step) {
        this.base = base;
        this.step = step;
    }

    /** The same number everywhere. */
    static PackedNumbers constant(long value) {
        return value == 0 ? ZERO : new PackedNumbers(value, 0);
    }

    /** The first number, and the one after each as its next. */
    static PackedNumbers progression(long first) {
        return new PackedNumbers(first, 1);
    }

    /**
     * The first {@code size} of the values, which are 1 or more.
     *
     * @param highest none is greater, or less than 0; below 0 when that isn't known
     */
    static PackedNumbers of(int[] values, int size, int highest, DecodeMemory memory) {
        int first = values[0];
        int step = size == 1 ? 0 : values[1] - first;
        if (step == 0 && Arrays.mismatch(values, 0, size - 1, values, 1, size) < 0) {
            return constant(first);
        }
        if (step != 0 && (size < 3 || values[2] - values[1] == step)) {
            int other = 0;
            for (int i = 0; i < size; i++) {
                other |= values[i] ^ (first + step * i);
            }
            // What wraps around as an int would not as a long.
            if (other == 0 && (long) first + (long) step * (size - 1) == values[size - 1]) {
                return new PackedNumbers(first, step);
            }
        }
        PackedNumbers packed = highest >= 0
                ? differingIn(highest, 0, size, memory)
                : differingIn(differing(values, size) & 0xffff_ffffL, first, size, memory);
        packed.store(values, size);
        return packed;
    }

    /** The bits in which any of them differs from the first. */
    private static int differing(int[] values, int size) {
        int first = values[0];
        int differing = 0;
        int differingToo = 0;
        for (int i = 1; i < size - 3; i += 4) {
            differing |= (values[i] ^ first) | (values[i + 1] ^ first);
            differingToo |= (values[i + 2] ^ first) | (values[i + 3] ^ first);
        }
        for (int i = Math.max(1, size - 3); i < size; i++) {
            differing |= values[i] ^ first;
        }
        return differing | differingToo;
    }

    /** The first {@code size} of the values, which are 1 or more. */
    static PackedNumbers of(long[] values, int size, DecodeMemory memory) {
        long first = values[0];
        long step = size == 1 ? 0 : values[1] - first;
        if (step == 0 && Arrays.mismatch(values, 0, size - 1, values, 1, size) < 0) {
            return constant(first);
        }
        if (step != 0 && (size < 3 || values[2] - values[1] == step)) {
            long other = 0;
            for (int i = 0; i < size; i++) {
                other |= values[i] ^ (first + step * i);
            }
            if (other == 0) {
                return new PackedNumbers(first, step);
            }
        }
        long differing = 0;
        for (int i = 1; i < size; i++) {
            differing |= values[i] ^ first;
        }
        PackedNumbers packed = differingIn(differing, first, size, memory);
        for (int i = 0; i < size; i++) {
            WORDS.set(packed.bytes, i * packed.width, values[i] - packed.base);
        }
        return packed;
    }

    /** Four at a time: there are many columns of this width, and long ones. */
    private void storePairs(int[] values, int size) {
        byte[] to = bytes;
        long from = base;
        int i = 0;
        for (; i < size - 3; i += 4) {
            long word = values[i] - from
                    | (values[i + 1] - from) << 16
                    | (values[i + 2] - from) << 32
                    | (values[i + 3] - from) << 48;
            WORDS.set(to, 2 * i, word);
        }
        for (; i < size; i++) {
            SHORTS.set(to, 2 * i, (short) (values[i] - from));
        }
    }

    /** Without elements yet, which will be alike but for some of their bits; what is above those is their base. */
    private static PackedNumbers differingIn(long bits, long element, int size, DecodeMemory memory) {
        int width = widthOf(bits);
        long stored = width == Long.BYTES ? -1 : (1L << (width << 3)) - 1;
        PackedNumbers packed = new PackedNumbers(element & ~stored, 0);
        packed.allocate(size, width, memory);
        return packed;
    }

    /** In bytes; 1 or more. */
    private static int widthOf(long bits) {
        return (Long.SIZE + 7 - Long.numberOfLeadingZeros(bits | 1)) >>> 3;
    }

    private void allocate(int size, int newWidth, DecodeMemory memory) {
        int length = Math.toIntExact((long) size * newWidth + Long.BYTES);
        memory.take(DecodeMemory.arrayBytes(length, 1));
        bytes = new byte[length];
        width = newWidth;
        beyond = newWidth == Long.BYTES ? 0 : -1L << (newWidth << 3);
    }

    private void store(int[] values, int size) {
        byte[] to = bytes;
        int from = (int) base;
        if (width == 1) {
            for (int i = 0; i < size; i++) {
                to[i] = (byte) (values[i] - from);
            }
        } else if (width == 2) {
            storePairs(values, size);
        } else if (width == 3) {
            for (int i = 0; i < size; i++) {
                INTS.set(to, 3 * i, values[i] - from);
            }
        } else {
            for (int i = 0; i < size; i++) {
                INTS.set(to, 4 * i, values[i] - from);
            }
        }
    }

    long get(int index) {
        return base + step * index + ((long) WORDS.get(bytes, index * width) & ~beyond);
    }

    boolean isConstant(long value) {
        return width == 0 && step == 0 && base == value;
    }

    boolean isProgression(long first) {
        return width == 0 && step == 1 && base == first;
    }

    /** Changes an element and returns what holds them all now: when it needs another width, all are stored anew. */
    PackedNumbers with(int index, long value, int size, DecodeMemory memory) {
        if (((value - base - step * index) & beyond) != 0) {
            PackedNumbers wider = wider(value, size, memory);
            wider.store(index, value);
            return wider;
        }
        if (width != 0) {
            store(index, value);
        }
        return this;
    }

    private void store(int index, long value) {
        int at = index * width;
        long neighbours = (long) WORDS.get(bytes, at) & beyond;
        WORDS.set(bytes, at, neighbours | (value - base));
    }

    private PackedNumbers wider(long value, int size, DecodeMemory memory) {
        int capacity = width == 0 ? size : (bytes.length - Long.BYTES) / width;
        long differing = 0;
        for (int i = 0; i < size; i++) {
            differing |= get(i) ^ value;
        }
        PackedNumbers wider = differingIn(differing, value, capacity, memory);
        for (int i = 0; i < size; i++) {
            WORDS.set(wider.bytes, i * wider.width, get(i) - wider.base);
        }
        memory.giveBack(width == 0 ? 0 : DecodeMemory.arrayBytes(bytes.length, 1));
        return wider;
    }

    /** At most what {@link #with} allocates when it moves elements inside the column. */
    long bytesToMoveElements(int size) {
        return width == 0 && step != 0 ? DecodeMemory.arrayBytes((long) size * Long.BYTES + Long.BYTES, 1) : 0;
    }
}
