package io.stackhouse.agent.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Bytes to read by position: a file, or a copy of memory.
 *
 * <p>Threads: one at a time. Whoever opened what is behind it closes it.
 */
public interface ByteSource {
    /** How many bytes there are. */
    long sizeBytes() throws IOException;

    /** Reads into the rest of the buffer from a position on; returns how many bytes came, -1 at or beyond the end. */
    int read(ByteBuffer into, long position) throws IOException;

    /** A file, read by position: never mapped, so that its pages do not count as ours. */
    static ByteSource of(FileChannel channel) {
        return new ByteSource() {
            @Override
            public long sizeBytes() throws IOException {
                return channel.size();
            }

            @Override
            public int read(ByteBuffer into, long position) throws IOException {
                return channel.read(into, position);
            }
        };
    }

    /** Bytes that are already in memory; the array stays the caller's and must not change. */
    static ByteSource of(byte[] bytes) {
        return new ByteSource() {
            @Override
            public long sizeBytes() {
                return bytes.length;
            }

            @Override
            public int read(ByteBuffer into, long position) {
                if (position >= bytes.length) {
                    return -1;
                }
                int count = (int) Math.min(into.remaining(), bytes.length - position);
                into.put(bytes, (int) position, count);
                return count;
            }
        };
    }
}
