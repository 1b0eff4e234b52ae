package io.stackhouse.pipeline.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of a segment one after the other. A record whose content is damaged is passed over by its length; where a header
 * is damaged the next whole one is looked for. A stretch that was passed over is told once a whole record follows it; what has none
 * after it is the end of the segment, torn or damaged, and {@link #offset} stays before it. One thread.
 */
final class SegmentScanner {
    private final Segment segment;
    private final DamageLog damage;
    private final byte[] buffer;
    private final ByteBuffer window;
    private long windowStart;
    private long offset;
    private byte[] content = {};

    /** A record as it lies in the segment. */
    record Found(RecordHeader header, long offset, byte[] content) {
        long endOffset() {
            return offset + header.recordBytes();
        }

        String tenant() {
            return new String(content, 0, header.tenantBytes(), StandardCharsets.UTF_8);
        }

        byte[] body() {
            if (header.tenantBytes() == 0) {
                return content;
            }
            return Arrays.copyOfRange(content, header.tenantBytes(), content.length);
        }
    }

    /** Told about each stretch that can't be read. */
    @FunctionalInterface
    interface DamageLog {
        /**
         * Notes a stretch.
         *
         * @param records damaged records in it; a part without any readable header counts as one
         */
        void damaged(Segment segment, long fromOffset, long toOffset, int records);
    }

    /**
     * Begins at the offset.
     *
     * @param buffer what it reads through, used by nobody else meanwhile
     */
    SegmentScanner(Segment segment, long startOffset, byte[] buffer, DamageLog damage) {
        this.segment = segment;
        this.offset = startOffset;
        this.damage = damage;
        this.buffer = buffer;
        this.window = ByteBuffer.wrap(buffer).order(ByteOrder.LITTLE_ENDIAN).limit(0);
    }

    /** Where the next record is looked for: the end of the last whole one. */
    long offset() {
        return offset;
    }

    /** The next whole record that begins before {@code end}, or null. */
    @Nullable
    Found next(long end) throws IOException {
        RecordHeader header = nextHeader(end);
        return header == null ? null : new Found(header, offset - header.recordBytes(), content(header));
    }

    /** As {@link #next}, without its content. */
    @Nullable
    RecordHeader nextHeader(long end) throws IOException {
        long at = offset;
        int damagedRecords = 0;
        while (at + RecordHeader.BYTES <= end) {
            RecordHeader header = headerAt(at, end);
            if (header == null || at + header.recordBytes() > end) {
                // Torn, so that nothing whole can follow; or damaged.
                damagedRecords++;
                at = offsetOfHeaderAfter(at, end);
                continue;
            }
            if (!isWhole(header, at, end)) {
                damagedRecords++;
                at += header.recordBytes();
                continue;
            }
            if (damagedRecords > 0) {
                damage.damaged(segment, offset, at, damagedRecords);
            }
            offset = at + header.recordBytes();
            return header;
        }
        return null;
    }

    /** The header at the offset, or null when there is none of this segment. */
    private @Nullable RecordHeader headerAt(long at, long end) throws IOException {
        load(at, RecordHeader.BYTES, end);
        int index = (int) (at - windowStart);
        if (window.limit() - index < RecordHeader.BYTES || window.getInt(index) != RecordHeader.MAGIC) {
            return null;
        }
        RecordHeader header = RecordHeader.read(window, index);
        if (header == null || !segment.owns(header)) {
            return null;
        }
        if (!header.isKnown()) {
            throw new UnknownLayoutException(
                    segment.name(),
                    "a record of layout " + header.layout() + " and signal " + header.signal() + " at offset " + at);
        }
        return header;
    }

    /** The offset of the next header that is whole, or {@code end}. */
    private long offsetOfHeaderAfter(long damagedAt, long end) throws IOException {
        for (long at = damagedAt + RecordHeader.ALIGNMENT;
                at + RecordHeader.BYTES <= end;
                at += RecordHeader.ALIGNMENT) {
            if (headerAt(at, end) != null) {
                return at;
            }
        }
        return end;
    }

    private boolean isWhole(RecordHeader header, long at, long end) throws IOException {
        long contentStart = at + RecordHeader.BYTES;
        int length = header.tenantBytes() + header.bodyBytes();
        CRC32C checksum = new CRC32C();
        if (length <= window.capacity()) {
            load(contentStart, length, end);
            int index = (int) (contentStart - windowStart);
            if (window.limit() - index < length) {
                return false;
            }
            checksum.update(buffer, index, length);
        } else {
            content = new byte[length];
            if (!read(ByteBuffer.wrap(content), contentStart)) {
                return false;
            }
            checksum.update(content);
        }
        return (int) checksum.getValue() == header.contentChecksum();
    }

    /** Whether there were enough bytes to fill the target. */
    private boolean read(ByteBuffer target, long position) throws IOException {
        while (target.hasRemaining()) {
            if (segment.file.read(target, position + target.position()) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Of the header that was just found. */
    private byte[] content(RecordHeader header) {
        int length = header.tenantBytes() + header.bodyBytes();
        if (length <= window.capacity()) {
            int index = (int) (offset - header.recordBytes() + RecordHeader.BYTES - windowStart);
            return Arrays.copyOfRange(buffer, index, index + length);
        }
        byte[] large = content;
        content = new byte[0];
        return large;
    }

    /** Has the window cover these bytes, and what follows them up to {@code end}; what lies there doesn't change any more. */
    private void load(long at, int length, long end) throws IOException {
        if (at >= windowStart && at + length <= windowStart + window.limit()) {
            return;
        }
        windowStart = at;
        window.clear().limit((int) Math.min(window.capacity(), end - at));
        boolean unused = read(window, at);
        window.flip();
    }

    static int checksum(byte[] tenant, byte[] body) {
        CRC32C checksum = new CRC32C();
        checksum.update(tenant);
        checksum.update(body);
        return (int) checksum.getValue();
    }

    /** Up to {@code length} bytes from the position on, fewer at the end of the file; ready to be read. */
    static ByteBuffer readFully(Storage.File file, long position, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (file.read(buffer, position + buffer.position()) < 0) {
                break;
            }
        }
        return buffer.flip();
    }
}
