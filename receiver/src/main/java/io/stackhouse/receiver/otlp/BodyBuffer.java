package io.stackhouse.receiver.otlp;

import io.netty.buffer.ByteBuf;
import io.stackhouse.pipeline.TooLargeException;
import java.util.Arrays;

/** Bytes of a body while they arrive, up to a limit. Grows with what is there, not with what a header promises. One thread. */
final class BodyBuffer {
    private static final int FIRST_BYTES = 8 * 1024;

    private final int maxBytes;
    private final int expectedBytes;
    private byte[] bytes;
    private int size;

    /**
     * Makes an empty one.
     *
     * @param expectedBytes its size when known, else -1
     */
    BodyBuffer(int maxBytes, int expectedBytes) {
        this.maxBytes = maxBytes;
        this.expectedBytes = expectedBytes;
        this.bytes = new byte[expectedBytes >= 0 ? Math.min(expectedBytes, FIRST_BYTES) : FIRST_BYTES];
    }

    void add(byte[] from, int count) {
        makeRoom(count);
        System.arraycopy(from, 0, bytes, size, count);
        size += count;
    }

    void add(ByteBuf from) {
        int count = from.readableBytes();
        makeRoom(count);
        from.readBytes(bytes, size, count);
        size += count;
    }

    byte[] toByteArray() {
        return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
    }

    private void makeRoom(int count) {
        long needed = (long) size + count;
        if (needed > maxBytes) {
            throw new TooLargeException(
                    "the request is larger than " + maxBytes + " bytes (max_request_body_size); send less at a time");
        }
        if (needed > bytes.length) {
            long doubled = Math.max(needed, 2L * bytes.length);
            long wanted = expectedBytes >= needed ? Math.min(doubled, expectedBytes) : doubled;
            bytes = Arrays.copyOf(bytes, (int) Math.min(wanted, Math.max(needed, maxBytes)));
        }
    }
}
