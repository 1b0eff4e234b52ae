package io.stackhouse.agent.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * A window that moves over a {@link ByteSource}: little-endian numbers and strings by position, one buffer reused for all files.
 *
 * <p>Each access is checked against the size of the source; outside of it there is an {@link ElfFormatException}. Threads: one. The window keeps the source it
 * was {@linkplain #attach attached} to until the next one, but neither opens nor closes it.
 */
public final class ByteWindow {
    /** The longest string that is read; what is longer is cut. */
    public static final int MAX_STRING_BYTES = 4096;

    private static final ByteSource NOTHING = ByteSource.of(new byte[0]);

    private final ByteBuffer buffer;
    private final byte[] text = new byte[MAX_STRING_BYTES];
    private ByteSource source = NOTHING;
    private long sizeBytes;
    private long start;
    private int length;

    /** A window of that many bytes, at least 4096. */
    public ByteWindow(int windowBytes) {
        buffer = ByteBuffer.allocateDirect(Math.max(windowBytes, MAX_STRING_BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Turns to another source and forgets what was read of the one before. */
    public ByteWindow attach(ByteSource next) throws IOException {
        detach();
        sizeBytes = next.sizeBytes();
        source = next;
        return this;
    }

    /** Lets go of the source. */
    public void detach() {
        source = NOTHING;
        sizeBytes = 0;
        start = 0;
        length = 0;
    }

    public long sizeBytes() {
        return sizeBytes;
    }

    public int u8(long position) throws IOException {
        return buffer.get(at(position, 1)) & 0xff;
    }

    public int u16(long position) throws IOException {
        return buffer.getShort(at(position, 2)) & 0xffff;
    }

    public int i32(long position) throws IOException {
        return buffer.getInt(at(position, 4));
    }

    public long u32(long position) throws IOException {
        return i32(position) & 0xffff_ffffL;
    }

    public long i64(long position) throws IOException {
        return buffer.getLong(at(position, 8));
    }

    /** A string that ends with a zero byte, at the limit, or after {@link #MAX_STRING_BYTES}, whichever is first. Bytes that are not UTF-8 become U+FFFD. */
    public String string(long position, long limit) throws IOException {
        int most = (int) Math.min(MAX_STRING_BYTES, Math.min(limit, sizeBytes) - position);
        if (most <= 0) {
            return "";
        }
        int offset = at(position, most);
        int count = 0;
        while (count < most && buffer.get(offset + count) != 0) {
            count++;
        }
        buffer.get(offset, text, 0, count);
        return new String(text, 0, count, StandardCharsets.UTF_8);
    }

    /** Copies bytes; all of them or an exception. */
    public void copy(long position, byte[] into) throws IOException {
        int done = 0;
        while (done < into.length) {
            int part = Math.min(into.length - done, buffer.capacity());
            buffer.get(at(position + done, part), into, done, part);
            done += part;
        }
    }

    void digest(long position, int count, MessageDigest digest) throws IOException {
        digest.update(buffer.duplicate().position(at(position, count)).limit(at(position, count) + count));
    }

    private int at(long position, int count) throws IOException {
        long offset = position - start;
        // Written so that no sum can wrap around: positions come out of damaged files.
        if (offset >= 0 && offset <= length - count) {
            return (int) offset;
        }
        if (position < 0 || position > sizeBytes - count) {
            throw new ElfFormatException(
                    count + " bytes at " + Long.toUnsignedString(position) + " are outside of the file's " + sizeBytes);
        }
        fill(position, count);
        return 0;
    }

    private void fill(long position, int count) throws IOException {
        length = 0;
        start = position;
        buffer.clear();
        while (buffer.position() < count) {
            int got = source.read(buffer, position + buffer.position());
            if (got <= 0) {
                throw new ElfFormatException(
                        "the file ended at " + (position + buffer.position()) + " instead of " + sizeBytes);
            }
        }
        length = buffer.position();
        buffer.clear();
    }
}
