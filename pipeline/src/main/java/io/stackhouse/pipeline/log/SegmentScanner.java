package io.stackhouse.pipeline.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of a segment one after the other. A record whose content is damaged is passed over by its length; where a header
 * is damaged the next whole one is looked for. One thread.
 */
final class SegmentScanner {
    private static final int WINDOW_BYTES = 1 << 16;

    private final Segment segment;
    private final long maxBodyBytes;
    private long offset;
    private long damagedRecords;
    private boolean isInDamage;

    /** A record as it lies in the segment. */
    record Found(RecordHeader header, long offset, byte[] content) {
        long endOffset() {
            return offset + header.recordBytes();
        }

        byte[] body() {
            if (header.tenantBytes() == 0) {
                return content;
            }
            return Arrays.copyOfRange(content, header.tenantBytes(), content.length);
        }
    }

    SegmentScanner(Segment segment, long startOffset, long maxBodyBytes) {
        this.segment = segment;
        this.offset = startOffset;
        this.maxBodyBytes = maxBodyBytes;
    }

    /** Records, or stretches without a readable header, that were passed over. */
    long damagedRecords() {
        return damagedRecords;
    }

    /** Where the next record is looked for: the end of the last whole one, once {@link #next} gave null. */
    long offset() {
        return offset;
    }

    /** The next whole record that begins before {@code end}, or null. */
    @Nullable
    Found next(long end) throws IOException {
        long at = offset;
        while (at + RecordHeader.BYTES <= end) {
            RecordHeader header = RecordHeader.read(readFully(segment.file, at, RecordHeader.BYTES), 0);
            if (header == null
                    || header.bodyBytes() < 0
                    || header.tenantBytes() < 0
                    || header.bodyBytes() > maxBodyBytes) {
                at = nextHeader(at, end);
                noteDamage(at < end);
                continue;
            }
            long recordEnd = at + header.recordBytes();
            if (recordEnd > end) {
                // Torn: nothing whole can follow, but a flipped length may look like this too.
                at = nextHeader(at, end);
                noteDamage(at < end);
                continue;
            }
            int contentBytes = header.tenantBytes() + header.bodyBytes();
            ByteBuffer content = readFully(segment.file, at + RecordHeader.BYTES, contentBytes);
            if (content.limit() < contentBytes || checksum(content) != header.contentChecksum()) {
                damagedRecords++;
                at = recordEnd;
                offset = at;
                continue;
            }
            offset = recordEnd;
            isInDamage = false;
            return new Found(header, at, bytes(content));
        }
        return null;
    }

    private static byte[] bytes(ByteBuffer content) {
        byte[] bytes = new byte[content.limit()];
        content.get(0, bytes);
        return bytes;
    }

    private void noteDamage(boolean goesOn) {
        if (goesOn && !isInDamage) {
            damagedRecords++;
        }
        isInDamage = goesOn;
    }

    /** The offset of the next header that is whole, or {@code end}. */
    private long nextHeader(long damagedAt, long end) throws IOException {
        long at = damagedAt + RecordHeader.ALIGNMENT;
        while (at + RecordHeader.BYTES <= end) {
            ByteBuffer window = readFully(segment.file, at, (int) Math.min(WINDOW_BYTES, end - at));
            for (int i = 0; i + RecordHeader.BYTES <= window.limit(); i += RecordHeader.ALIGNMENT) {
                if (RecordHeader.read(window, i) != null) {
                    return at + i;
                }
            }
            if (window.limit() < WINDOW_BYTES) {
                return end;
            }
            at += window.limit() - RecordHeader.BYTES;
        }
        return end;
    }

    static int checksum(ByteBuffer content) {
        CRC32C checksum = new CRC32C();
        checksum.update(content.duplicate());
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
