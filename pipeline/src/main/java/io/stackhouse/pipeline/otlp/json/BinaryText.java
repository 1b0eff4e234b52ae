package io.stackhouse.pipeline.otlp.json;

import java.util.Arrays;

/**
 * Bytes as text, hexadecimal or base64, turned into the bytes where they stand: what comes of them is shorter. Stateless.
 */
final class BinaryText {
    private static final byte[] BASE64_DIGITS = base64Digits();

    private BinaryText() {}

    /** The value of a hexadecimal digit of either case, or -1. */
    static int hexDigit(byte digit) {
        return digit < 0 ? -1 : Character.digit(digit, 16);
    }

    /**
     * Decodes hexadecimal digits.
     *
     * @return how many bytes they are, or -1 when they aren't hexadecimal digits in pairs; then nothing is changed
     */
    static int hex(byte[] text, int start, int length) {
        if (length % 2 != 0) {
            return -1;
        }
        for (int i = start; i < start + length; i++) {
            if (hexDigit(text[i]) < 0) {
                return -1;
            }
        }
        for (int i = 0; i < length; i += 2) {
            text[start + i / 2] = (byte) ((hexDigit(text[start + i]) << 4) | hexDigit(text[start + i + 1]));
        }
        return length / 2;
    }

    /**
     * Decodes base64 of the standard or the URL-safe alphabet, with its padding or without.
     *
     * @return how many bytes it is, or -1 when it isn't base64
     */
    static int base64(byte[] text, int start, int length) {
        int digits = length;
        while (digits > 0 && length - digits < 2 && text[start + digits - 1] == '=') {
            digits--;
        }
        if (digits % 4 == 1 || (digits != length && length % 4 != 0)) {
            return -1;
        }
        int to = start;
        int bits = 0;
        for (int i = 0; i < digits; i++) {
            byte character = text[start + i];
            int digit = character < 0 ? -1 : BASE64_DIGITS[character];
            if (digit < 0) {
                return -1;
            }
            bits = (bits << 6) | digit;
            // The first of four digits completes no byte.
            int place = i % 4;
            if (place != 0) {
                text[to++] = (byte) (bits >>> (6 - 2 * place));
            }
        }
        return to - start;
    }

    private static byte[] base64Digits() {
        byte[] digits = new byte[128];
        Arrays.fill(digits, (byte) -1);
        String standard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (int i = 0; i < standard.length(); i++) {
            digits[standard.charAt(i)] = (byte) i;
        }
        digits['-'] = 62;
        digits['_'] = 63;
        return digits;
    }
}
