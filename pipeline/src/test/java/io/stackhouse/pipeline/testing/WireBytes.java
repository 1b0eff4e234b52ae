package io.stackhouse.pipeline.testing;

import java.io.ByteArrayOutputStream;

/** Puts protobuf messages together byte by byte, also such as no builder would make. Stateless. */
public final class WireBytes {
    private WireBytes() {}

    /** A length-delimited field with a number below 16. */
    public static byte[] delimited(int number, byte... content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 6);
        out.write(number << 3 | 2);
        int length = content.length;
        while (length > 0x7f) {
            out.write(length | 0x80);
            length >>>= 7;
        }
        out.write(length);
        out.writeBytes(content);
        return out.toByteArray();
    }

    /** One after the other. */
    public static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
