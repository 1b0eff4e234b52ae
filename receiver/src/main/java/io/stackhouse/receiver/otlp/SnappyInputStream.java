package io.stackhouse.receiver.otlp;

import io.airlift.compress.MalformedInputException;
import io.airlift.compress.snappy.SnappyDecompressor;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Reads Snappy's framing format. One thread; buffers are one chunk each way.
 *
 * <p>A stream is chunks: type (1 byte), length (3 bytes, little endian), content. The first is the identifier (0xff), which may
 * come again. Content of data chunks (0 compressed, 1 not) begins with a masked CRC-32C of what they decompress to, at most
 * 65,536 bytes. Types from 0x80 on are skipped, others from 2 on are errors.
 */
final class SnappyInputStream extends InputStream {
    private static final byte[] IDENTIFIER = {(byte) 0xff, 6, 0, 0, 's', 'N', 'a', 'P', 'p', 'Y'};
    private static final int COMPRESSED = 0;
    private static final int UNCOMPRESSED = 1;
    private static final int FIRST_SKIPPABLE = 0x80;
    private static final int STREAM_IDENTIFIER = 0xff;
    private static final int CHECKSUM_BYTES = 4;
    private static final int MAX_PLAIN_BYTES = 65_536;
    /** Snappy's bound for {@link #MAX_PLAIN_BYTES}. */
    private static final int MAX_CHUNK_BYTES = CHECKSUM_BYTES + 32 + MAX_PLAIN_BYTES + MAX_PLAIN_BYTES / 6;

    private final InputStream in;
    private final SnappyDecompressor decompressor = new SnappyDecompressor();
    private final byte[] chunk = new byte[MAX_CHUNK_BYTES];
    private final byte[] plain = new byte[MAX_PLAIN_BYTES];
    private int at;
    private int end;

    SnappyInputStream(InputStream in) throws IOException {
        this.in = in;
        if (!Arrays.equals(in.readNBytes(IDENTIFIER.length), IDENTIFIER)) {
            throw new IOException("it doesn't begin with the stream identifier");
        }
    }

    /** Whether it begins as a framed stream does. A block can't: its second tag would refer to before its begin. */
    static boolean isFramed(byte[] bytes) {
        return bytes.length >= IDENTIFIER.length
                && Arrays.equals(bytes, 0, IDENTIFIER.length, IDENTIFIER, 0, IDENTIFIER.length);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (at == end) {
            if (!nextChunk()) {
                return -1;
            }
        }
        int n = Math.min(length, end - at);
        System.arraycopy(plain, at, to, offset, n);
        at += n;
        return n;
    }

    private boolean nextChunk() throws IOException {
        int type = in.read();
        if (type < 0) {
            return false;
        }
        int length = byteOrEnd() | byteOrEnd() << 8 | byteOrEnd() << 16;
        if (type == COMPRESSED || type == UNCOMPRESSED) {
            readData(type, length);
        } else if (type == STREAM_IDENTIFIER) {
            byte[] content = length == IDENTIFIER.length - 4 ? in.readNBytes(length) : new byte[0];
            if (!Arrays.equals(content, 0, content.length, IDENTIFIER, 4, IDENTIFIER.length)) {
                throw new IOException("a stream identifier is damaged");
            }
        } else if (type >= FIRST_SKIPPABLE) {
            in.skipNBytes(length);
        } else {
            throw new IOException("a chunk has the unknown type " + type);
        }
        return true;
    }

    private void readData(int type, int length) throws IOException {
        if (length < CHECKSUM_BYTES || length > MAX_CHUNK_BYTES) {
            throw new IOException("a chunk has a length of " + length + " bytes");
        }
        if (in.readNBytes(chunk, 0, length) < length) {
            throw new EOFException("it ends too early");
        }
        int content = length - CHECKSUM_BYTES;
        if (type == UNCOMPRESSED) {
            if (content > MAX_PLAIN_BYTES) {
                throw new IOException("a chunk has a length of " + length + " bytes");
            }
            System.arraycopy(chunk, CHECKSUM_BYTES, plain, 0, content);
            end = content;
        } else {
            end = decompress(content);
        }
        at = 0;
        CRC32C crc = new CRC32C();
        crc.update(plain, 0, end);
        int sum = (int) crc.getValue();
        int masked = (sum >>> 15 | sum << 17) + 0xa282ead8;
        int stored = (chunk[0] & 0xff) | (chunk[1] & 0xff) << 8 | (chunk[2] & 0xff) << 16 | chunk[3] << 24;
        if (masked != stored) {
            throw new IOException("a chunk's checksum is wrong");
        }
    }

    private int decompress(int length) throws IOException {
        long declared = SnappyBlock.declaredLength(chunk, CHECKSUM_BYTES, length);
        if (declared > MAX_PLAIN_BYTES) {
            throw new IOException("a chunk says it is of " + declared + " bytes, more than " + MAX_PLAIN_BYTES);
        }
        try {
            return decompressor.decompress(chunk, CHECKSUM_BYTES, length, plain, 0, plain.length);
        } catch (MalformedInputException e) {
            throw new IOException("a chunk is damaged: " + e.getMessage(), e);
        }
    }

    private int byteOrEnd() throws IOException {
        int value = in.read();
        if (value < 0) {
            throw new EOFException("it ends too early");
        }
        return value;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
