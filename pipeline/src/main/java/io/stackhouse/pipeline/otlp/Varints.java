package io.stackhouse.pipeline.otlp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Varints (protobuf.dev, "Encoding") as nearly all of them are: read with the place in a local variable, which is what makes them
 * quick, since the next one needn't wait for a field to be stored. What is otherwise is told by a number below 0, and left to {@link
 * WireReader}. Stateless.
 *
 * <p>All may look at up to {@link #LOOK_AHEAD} bytes from where they begin; whoever calls makes sure that these are there.
 */
final class Varints {
    static final int LOOK_AHEAD = 40;

    static final int UNUSUAL = -1;

    /** Of a number below 2^31. */
    private static final int MAX_FIFTH = 7;

    private static final long CONTINUATION_BITS = 0x8080_8080_8080_8080L;
    /** Continuation bits of four varints of two bytes. */
    private static final long FOUR_PAIRS = 0x0080_0080_0080_0080L;

    private static final VarHandle LITTLE_ENDIAN =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private Varints() {}

    /**
     * Where a varint ends; {@link #UNUSUAL} when it is 2^31 or more, or has more than five bytes.
     *
     * <p>A method of its own, though it takes the same branches as {@link #value}: its result doesn't depend on what was read but on
     * what the processor believes of the branches, so that the next varint is begun before this one is there.
     */
    static int end(byte[] bytes, int at) {
        if (bytes[at] >= 0) {
            return at + 1;
        }
        if (bytes[at + 1] >= 0) {
            return at + 2;
        }
        if (bytes[at + 2] >= 0) {
            return at + 3;
        }
        if (bytes[at + 3] >= 0) {
            return at + 4;
        }
        return bytes[at + 4] >= 0 && bytes[at + 4] <= MAX_FIFTH ? at + 5 : UNUSUAL;
    }

    /** A varint below 2^31; arbitrary when {@link #end} has called it unusual. */
    static int value(byte[] bytes, int at) {
        int first = bytes[at];
        if (first >= 0) {
            return first;
        }
        int second = bytes[at + 1];
        if (second >= 0) {
            return (first & 0x7f) | second << 7;
        }
        return longerValue((first & 0x7f) | (second & 0x7f) << 7, bytes, at);
    }

    private static int longerValue(int firstTwo, byte[] bytes, int at) {
        int third = bytes[at + 2];
        if (third >= 0) {
            return firstTwo | third << 14;
        }
        int fourth = bytes[at + 3];
        int firstThree = firstTwo | (third & 0x7f) << 14;
        return fourth >= 0 ? firstThree | fourth << 21 : firstThree | (fourth & 0x7f) << 21 | bytes[at + 4] << 28;
    }

    /** The four bytes from here on, the first of them lowest. */
    static int shortWord(byte[] bytes, int at) {
        return (int) INTS.get(bytes, at);
    }

    /** How many bytes the varint has that such a word begins with; 5 when it has more than 4. */
    static int shortLength(int word) {
        return (Integer.numberOfTrailingZeros(~word & 0x8080_8080) >>> 3) + 1;
    }

    /** The varint that such a word begins with, of 4 bytes at most. */
    static int shortValue(int word) {
        int ends = ~word & 0x8080_8080;
        int groups = word & (ends ^ (ends - 1));
        int pairs = (groups & 0x007f_007f) | (groups & 0x7f00_7f00) >>> 1;
        return (pairs & 0x3fff) | (pairs & 0x3fff_0000) >>> 2;
    }

    /** Whether the varint that such a word begins with has more than two bytes. */
    static boolean isLongerThanPair(int word) {
        return (word & 0x8080) == 0x8080;
    }

    /** How many bytes the varint has that such a word begins with: 1 or 2. */
    static int pairLength(int word) {
        return 1 + (word >>> 7 & 1);
    }

    /** The varint that such a word begins with, of 1 or 2 bytes. */
    static int pairValue(int word) {
        return (word & 0x7f) | (word >>> 1 & 0x3f80 & -(word >>> 7 & 1));
    }

    /**
     * How many varints there are in the first bytes of a word.
     *
     * @param length of the list in bytes
     * @return below 0 when there are more than 8 bytes, none, or a varint of more than two, or the list ends inside one
     */
    static int pairsIn(long word, int length) {
        long last = 0x80L << ((length - 1) << 3);
        long continued = word & CONTINUATION_BITS & (last | last - 1);
        boolean isOther = (length - 1) >>> 3 != 0 || (continued & (continued >>> 8 | last)) != 0;
        return isOther ? UNUSUAL : length - Long.bitCount(continued);
    }

    /** The eight bytes from here on, the first of them lowest. */
    static long word(byte[] bytes, int at) {
        return (long) LITTLE_ENDIAN.get(bytes, at);
    }

    /** How many bytes the varint has that a word begins with; 9 when it has more than 8. */
    static int lengthIn(long word) {
        return (Long.numberOfTrailingZeros(~word & CONTINUATION_BITS) >>> 3) + 1;
    }

    /** The varint that a word begins with, of 8 bytes at most. */
    static long valueIn(long word) {
        long ends = ~word & CONTINUATION_BITS;
        long groups = word & (ends ^ (ends - 1));
        long pairs = (groups & 0x007f_007f_007f_007fL) | (groups & 0x7f00_7f00_7f00_7f00L) >>> 1;
        long quads = (pairs & 0x0000_3fff_0000_3fffL) | (pairs & 0x3fff_0000_3fff_0000L) >>> 2;
        return (quads & 0x0000_0000_0fff_ffffL) | (quads & 0x0fff_ffff_0000_0000L) >>> 4;
    }

    /**
     * Reads a packed list of int32.
     *
     * @param target gets them, from {@code count} on; it has room for as many as there are bytes
     * @return the count with them; below 0 when one of them is 2^31 or more, or the list doesn't end with one
     */
    static int unpack(byte[] bytes, int from, int to, int[] target, int count) {
        int at = from;
        int size = count;
        while (to - at >= Long.BYTES) {
            long word = word(bytes, at);
            long more = word & CONTINUATION_BITS;
            if (more == FOUR_PAIRS) {
                long pairs = (word & 0x007f_007f_007f_007fL) | (word & 0x7f00_7f00_7f00_7f00L) >>> 1;
                target[size] = (int) pairs & 0x3fff;
                target[size + 1] = (int) (pairs >>> 16) & 0x3fff;
                target[size + 2] = (int) (pairs >>> 32) & 0x3fff;
                target[size + 3] = (int) (pairs >>> 48);
                at += Long.BYTES;
            } else if ((more & more >>> 8) == 0) {
                at += storeFourPairs(word, target, size);
            } else {
                int end = end(bytes, at);
                if (end == UNUSUAL) {
                    return UNUSUAL;
                }
                target[size] = value(bytes, at);
                at = end;
                size -= 3;
            }
            size += 4;
        }
        while (at < to) {
            int value = bytes[at];
            if (value >= 0) {
                at++;
            } else if (bytes[at + 1] >= 0) {
                value = (value & 0x7f) | bytes[at + 1] << 7;
                at += 2;
            } else {
                value = value(bytes, at);
                at = end(bytes, at);
                if (at == UNUSUAL) {
                    return UNUSUAL;
                }
            }
            target[size++] = value;
        }
        return at == to ? size : UNUSUAL;
    }

    /** Stores four varints of one or two bytes each, in any mixture, without a branch; returns how many bytes they have. */
    static int storeFourPairs(long word, int[] target, int size) {
        long rest = word;
        int bytes = 4;
        for (int i = 0; i < 4; i++) {
            int low = (int) rest;
            int more = low >>> 7 & 1;
            target[size + i] = (low & 0x7f) | (low >>> 1 & 0x3f80 & -more);
            rest >>>= 8 << more;
            bytes += more;
        }
        return bytes;
    }

    /** As the other, for int64 of up to eight bytes. */
    static int unpack(byte[] bytes, int from, int to, long[] target, int count) {
        int at = from;
        int size = count;
        while (at < to) {
            long word = word(bytes, at);
            int end = end64(bytes, at, word);
            if (end == UNUSUAL) {
                return UNUSUAL;
            }
            target[size++] = valueIn(word);
            at = end;
        }
        return at == to ? size : UNUSUAL;
    }

    /** Where a varint of up to eight bytes ends, which lie in the word. */
    static int end64(byte[] bytes, int at, long word) {
        int end = end(bytes, at);
        if (end != UNUSUAL) {
            return end;
        }
        int length = lengthIn(word);
        return length > Long.BYTES ? UNUSUAL : at + length;
    }
}
