package io.stackhouse.agent.elf;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/**
 * A compressed section ({@code SHF_COMPRESSED}, zlib or zstd), inflated into a temporary file without a name. Threads: one. To be closed.
 */
final class InflatedSection implements AutoCloseable {
    private static final int HEADER_BYTES = 24;
    private static final int ZLIB = 1;
    private static final int ZSTD = 2;
    private static final int MAX_ZSTD_WINDOW_LOG = 27;
    private static final int BUFFER_BYTES = 32 * 1024;

    private final FileChannel channel;
    private final long sizeBytes;

    private InflatedSection(FileChannel channel, long sizeBytes) {
        this.channel = channel;
        this.sizeBytes = sizeBytes;
    }

    static InflatedSection inflate(ByteSource file, long offset, long bytes, long maxBytes) throws IOException {
        ByteWindow header = new ByteWindow(ByteWindow.MAX_STRING_BYTES).attach(file);
        int kind = header.i32(offset);
        long size = header.i64(offset + 8);
        if (bytes < HEADER_BYTES || size < 0 || size > maxBytes) {
            throw new ElfFormatException("a section of " + Long.toUnsignedString(size) + " bytes once inflated: "
                    + maxBytes + " are allowed");
        }
        InputStream packed = new RangeStream(file, offset + HEADER_BYTES, bytes - HEADER_BYTES);
        FileChannel channel = unnamedFile();
        try (InputStream plain = decompressor(kind, packed)) {
            copy(plain, channel, size);
            return new InflatedSection(channel, size);
        } catch (ZipException | RuntimeException e) {
            channel.close();
            throw new ElfFormatException("a compressed section is damaged: " + e.getMessage());
        } catch (IOException e) {
            channel.close();
            throw new ElfFormatException("a compressed section cannot be inflated: " + e.getMessage());
        }
    }

    long sizeBytes() {
        return sizeBytes;
    }

    ByteSource source() {
        return ByteSource.of(channel);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static FileChannel unnamedFile() throws IOException {
        Path path = Files.createTempFile("stackhouse-section", ".tmp");
        return FileChannel.open(
                path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
    }

    private static InputStream decompressor(int kind, InputStream packed) throws IOException {
        if (kind == ZLIB) {
            return new InflaterInputStream(packed);
        }
        if (kind == ZSTD) {
            return new ZstdInputStreamNoFinalizer(packed).setLongMax(MAX_ZSTD_WINDOW_LOG);
        }
        throw new ElfFormatException("compression " + kind + " of a section is neither zlib nor zstd");
    }

    private static void copy(InputStream plain, FileChannel channel, long size) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long done = 0;
        while (done < size) {
            int got = plain.read(buffer, 0, (int) Math.min(buffer.length, size - done));
            if (got <= 0) {
                throw new ElfFormatException("a compressed section ends after " + done + " of " + size + " bytes");
            }
            ByteBuffer part = ByteBuffer.wrap(buffer, 0, got);
            while (part.hasRemaining()) {
                done += channel.write(part);
            }
        }
    }

    /** A part of a file as a stream. */
    private static final class RangeStream extends InputStream {
        private final ByteSource file;
        private final byte[] one = new byte[1];
        private long position;
        private long left;

        RangeStream(ByteSource file, long position, long left) {
            this.file = file;
            this.position = position;
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (left <= 0 || length == 0) {
                return length == 0 ? 0 : -1;
            }
            int got = file.read(ByteBuffer.wrap(into, offset, (int) Math.min(length, left)), position);
            position += Math.max(0, got);
            left -= Math.max(0, got);
            return got;
        }
    }
}
