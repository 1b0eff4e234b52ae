package io.stackhouse.receiver.tls;

import java.util.Arrays;

/**
 * One element of DER: where its content begins and ends. Reading throws IndexOutOfBoundsException beyond the end.
 *
 * @param tag 0 to 255
 */
record Der(int tag, int from, int to) {
    private static final int LONG_FORM = 0x80;

    static Der read(byte[] bytes, int at) {
        int first = bytes[at + 1] & 0xff;
        int from = at + 2;
        int length = first;
        if (first >= LONG_FORM) {
            int count = first - LONG_FORM;
            if (count < 1 || count > 3) {
                throw new IndexOutOfBoundsException("a length of " + count + " bytes");
            }
            length = 0;
            for (int i = 0; i < count; i++) {
                length = (length << 8) | (bytes[from + i] & 0xff);
            }
            from += count;
        }
        if (length > bytes.length - from) {
            throw new IndexOutOfBoundsException("an element of " + length + " bytes");
        }
        return new Der(bytes[at] & 0xff, from, from + length);
    }

    byte[] content(byte[] bytes) {
        return Arrays.copyOfRange(bytes, from, to);
    }

    /** An element with its tag and length. */
    static byte[] of(int tag, byte[] content) {
        int length = content.length;
        if (length < LONG_FORM) {
            return join(new byte[] {(byte) tag, (byte) length}, content);
        }
        // As few bytes as will do: DER allows no others.
        int count = length < 1 << 8 ? 1 : length < 1 << 16 ? 2 : 3;
        byte[] head = new byte[2 + count];
        head[0] = (byte) tag;
        head[1] = (byte) (LONG_FORM + count);
        for (int i = 0; i < count; i++) {
            head[2 + i] = (byte) (length >> (8 * (count - 1 - i)));
        }
        return join(head, content);
    }

    static byte[] join(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        byte[] out = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, out, at, part.length);
            at += part.length;
        }
        return out;
    }
}
