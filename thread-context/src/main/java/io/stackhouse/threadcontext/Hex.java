package io.stackhouse.threadcontext;

/** Lower-case hexadecimal, as trace and span ids are written. */
final class Hex {
    private Hex() {}

    /** The number of the 16 digits from {@code from} on. What is no digit gives a wrong number, not an exception. */
    static long toLong(String digits, int from) {
        long value = 0;
        for (int i = from; i < from + 16; i++) {
            int c = digits.charAt(i);
            value = (value << 4) | ((c & 0xf) + (c >>> 6) * 9);
        }
        return value;
    }
}
