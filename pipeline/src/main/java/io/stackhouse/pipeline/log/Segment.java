package io.stackhouse.pipeline.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * One file of a journal: a header of 64 bytes, then records one after the other, then perhaps zeros.
 *
 * <pre>
 *  0  u32  magic "SHJS"
 *  4  u32  layout of the segment, 1
 *  8  u64  sequence of its first record
 * 16  u32  mark: a random number that stands in each of its records too
 * 20       zeros
 * 60  u32  CRC32C of bytes 0 to 59
 * </pre>
 *
 * The name carries the first sequence too, so that a listing sorts. Written by the journal's writer thread alone; the end is read
 * under the monitor of its {@link SegmentLog}.
 */
final class Segment {
    static final int HEADER_BYTES = 64;
    private static final String PREFIX = "segment-";
    private static final int MAGIC = 0x534a_4853;
    private static final int LAYOUT = 1;

    final long firstSequence;
    final Storage.File file;

    /** Where the next record goes; what lies before is durable and whole, or damaged and skipped. */
    long endOffset = HEADER_BYTES;

    /** Up to where the file has been filled with zeros, so that a sync need not write the file's size too. */
    long allocatedOffset = HEADER_BYTES;

    /** Sequence after the last record, or {@link #firstSequence} while it has none. */
    long endSequence;

    /** Time of receipt of the last record, nanoseconds since 1970. */
    long newestUnixNanos = Long.MIN_VALUE;

    private final int mark;
    private final boolean isMarkKnown;

    private Segment(long firstSequence, Storage.File file, int mark, boolean isMarkKnown) {
        this.firstSequence = firstSequence;
        this.file = file;
        this.endSequence = firstSequence;
        this.mark = mark;
        this.isMarkKnown = isMarkKnown;
    }

    static boolean isSegment(String name) {
        return name.startsWith(PREFIX);
    }

    static String name(long firstSequence) {
        return PREFIX + HexFormat.of().toHexDigits(firstSequence);
    }

    String name() {
        return name(firstSequence);
    }

    int mark() {
        return mark;
    }

    /** Whether it is a record of this segment, and not bytes that look like one. */
    boolean owns(RecordHeader header) {
        return !isMarkKnown || header.mark() == mark;
    }

    boolean isEmpty() {
        return endSequence == firstSequence;
    }

    static Segment create(Storage storage, long firstSequence, int mark) throws IOException {
        String name = name(firstSequence);
        Storage.File file = storage.open(name);
        try {
            file.truncate(0);
            ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            header.putInt(0, MAGIC).putInt(4, LAYOUT).putLong(8, firstSequence).putInt(16, mark);
            header.putInt(60, checksum(header));
            file.write(header, 0);
            file.sync();
            storage.syncNames();
            return new Segment(firstSequence, file, mark, true);
        } catch (IOException e) {
            file.close();
            storage.delete(name);
            throw e;
        }
    }

    /** Opens a segment that was found; its end is where {@link SegmentScanner} finds it. */
    static Segment open(Storage storage, String name) throws IOException {
        long firstSequence;
        try {
            firstSequence = Long.parseUnsignedLong(name.substring(PREFIX.length()), 16);
        } catch (NumberFormatException e) {
            throw new IOException("its file " + name + " is no segment of a journal; move it away", e);
        }
        Storage.File file = storage.open(name);
        try {
            ByteBuffer header = SegmentScanner.readFully(file, 0, HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            boolean isWhole = header.limit() == HEADER_BYTES
                    && header.getInt(0) == MAGIC
                    && header.getInt(60) == checksum(header);
            if (isWhole && header.getInt(4) != LAYOUT) {
                throw new UnknownLayoutException(name, "layout " + header.getInt(4));
            }
            // A damaged header says nothing that the name and the first record don't say too.
            RecordHeader first = RecordHeader.read(SegmentScanner.readFully(file, HEADER_BYTES, RecordHeader.BYTES), 0);
            if (isWhole) {
                return new Segment(firstSequence, file, header.getInt(16), true);
            }
            return new Segment(firstSequence, file, first == null ? 0 : first.mark(), first != null);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private static int checksum(ByteBuffer header) {
        CRC32C checksum = new CRC32C();
        ByteBuffer covered = header.duplicate();
        covered.position(0).limit(60);
        checksum.update(covered);
        return (int) checksum.getValue();
    }
}
