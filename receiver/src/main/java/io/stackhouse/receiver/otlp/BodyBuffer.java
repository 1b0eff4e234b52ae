package io.stackhouse.receiver.otlp;

import io.netty.buffer.ByteBuf;
import io.stackhouse.pipeline.TooLargeException;
import io.stackhouse.pipeline.memory.MemoryLease;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Bytes of a body while they arrive, up to a limit, charged to a lease before they are allocated. One thread.
 *
 * <p>A body of known size is charged and allocated at once; another one doubles as it grows, and both arrays are charged while it
 * does. What the lease refuses leaves it as it was.
 */
final class BodyBuffer {
    private static final int FIRST_BYTES = 8 * 1024;
    private static final int STEP_BYTES = 64 * 1024;

    private final int maxBytes;
    private final MemoryLease memory;
    private byte[] bytes = new byte[0];
    private int size;

    /**
     * Makes an empty one.
     *
     * @param maxBytes limit of the transport, named in the message of what is larger
     * @param expectedBytes its size when known, else -1
     * @throws TooLargeException when it could never fit
     * @throws io.stackhouse.pipeline.RefusedException when there is no room for the expected size now
     */
    BodyBuffer(int maxBytes, int expectedBytes, MemoryLease memory) {
        this.maxBytes = maxBytes;
        this.memory = memory;
        if (expectedBytes >= 0) {
            checkSize(expectedBytes);
            resize(expectedBytes);
        }
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

    /** Everything up to the end of the stream. */
    void addAll(InputStream from) throws IOException {
        byte[] step = new byte[STEP_BYTES];
        for (int n = from.read(step); n >= 0; n = from.read(step)) {
            add(step, n);
        }
    }

    int size() {
        return size;
    }

    /** The bytes, without a copy when they fill the buffer. The buffer is not used after that. */
    byte[] toByteArray() {
        if (size != bytes.length) {
            resize(size);
        }
        return bytes;
    }

    private void makeRoom(int count) {
        long needed = (long) size + count;
        checkSize(needed);
        if (needed > bytes.length) {
            long doubled = Math.max(FIRST_BYTES, 2L * bytes.length);
            resize((int) Math.max(needed, Math.min(doubled, maxBytes)));
        }
    }

    private void checkSize(long needed) {
        if (needed > maxBytes) {
            throw tooLarge(maxBytes);
        }
    }

    static TooLargeException tooLarge(long maxBytes) {
        return new TooLargeException("the request is larger than " + maxBytes
                + " bytes (max_request_body_size, max_recv_msg_size_mib); send less at a time");
    }

    private void resize(int capacity) {
        memory.charge(capacity);
        int before = bytes.length;
        bytes = Arrays.copyOf(bytes, capacity);
        memory.release(before);
    }
}
