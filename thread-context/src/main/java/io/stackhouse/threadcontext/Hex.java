package io.stackhouse.threadcontext;

import java.nio.ByteBuffer;

/**
 * Decodes lower-case hexadecimal, as trace and span ids are written, without allocating: eight characters at a time, all their digits at once,
 * which takes about half the time of a loop over characters. One thread.
 */
final class Hex {
    static final int TRACE_DIGITS = 32;
    static final int SPAN_DIGITS = 16;

    private final byte[] ascii = new byte[TRACE_DIGITS];
    private final ByteBuffer characters = ByteBuffer.wrap(ascii);

    /** Takes the first digits, at most 32. */
    @SuppressWarnings("deprecation") // the method is right for ASCII, and alone copies without allocating
    void take(String digits, int count) {
        digits.getBytes(0, count, ascii, 0);
    }

    /** The number of the 16 digits from {@code from} on, of those taken. What is no digit gives a wrong number, not an exception. */
    long number(int from) {
        return eight(characters.getLong(from)) << 32 | eight(characters.getLong(from + 8));
    }

    /** The number of eight digits: in each byte the digit's value, then pairs, fours and eights of them pushed together. */
    private static long eight(long characters) {
        long digits = (characters & 0x0f0f0f0f0f0f0f0fL) + ((characters >>> 6) & 0x0101010101010101L) * 9;
        long pairs = (digits | (digits >>> 4)) & 0x00ff00ff00ff00ffL;
        long fours = (pairs | (pairs >>> 8)) & 0x0000ffff0000ffffL;
        return (fours | (fours >>> 16)) & 0xffffffffL;
    }
}
