package io.stackhouse.pipeline.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * One file of a journal: a header of 64 bytes, then records one after the other.
 *
 * <pre>
 *  0  u32  magic "SHJS"
 *  4  u32  layout of the segment, 1
 *  8  u64  sequence of its first record
 * 16       zeros
 * 60  u32  CRC32C of bytes 0 to 59
 * </pre>
 *
 * The name carries the first sequence too, so that a listing sorts. Written by the journal's writer thread alone; the end is read
 * under the journal's lock.
 */
final class Segment {
    static final int HEADER_BYTES = 64;
    private static final String PREFIX = "segment-";
    private static final int MAGIC = 0x534a_4853;
    private static final int LAYOUT = 1;

    final long firstSequence;
    final Storage.File file;

    /** Where the next record goes; what lies before is durable and whole, or damaged and skipped. */
    long endOffset;

    /** Sequence after the last record, or {@link #firstSequence} while it has none. */
    long endSequence;

    private Segment(long firstSequence, Storage.File file) {
        this.firstSequence = firstSequence;
        this.file = file;
        this.endOffset = HEADER_BYTES;
        this.endSequence = firstSequence;
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

    static Segment create(Storage storage, long firstSequence) throws IOException {
        Storage.File file = storage.open(name(firstSequence));
        try {
            file.truncate(0);
            ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            header.putInt(0, MAGIC).putInt(4, LAYOUT).putLong(8, firstSequence);
            header.putInt(60, checksum(header));
            file.write(header, 0);
            file.sync();
            storage.syncNames();
            return new Segment(firstSequence, file);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /** Opens a segment that was found; its end is where {@link SegmentScanner} finds it. Throws when it is of another layout. */
    static Segment open(Storage storage, String name) throws IOException {
        Storage.File file = storage.open(name);
        ByteBuffer header = SegmentScanner.readFully(file, 0, HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long firstSequence = Long.parseUnsignedLong(name.substring(PREFIX.length()), 16);
        if (header.limit() == HEADER_BYTES && header.getInt(0) == MAGIC && header.getInt(60) == checksum(header)) {
            int layout = header.getInt(4);
            if (layout != LAYOUT) {
                file.close();
                throw new IOException(
                        "the journal's file " + name + " has layout " + layout + ", this version reads layout " + LAYOUT
                                + "; start the version that wrote it, or move the file away");
            }
        }
        // A damaged header says nothing that the name and the records don't say too.
        return new Segment(firstSequence, file);
    }

    private static int checksum(ByteBuffer header) {
        CRC32C checksum = new CRC32C();
        ByteBuffer covered = header.duplicate();
        covered.position(0).limit(60);
        checksum.update(covered);
        return (int) checksum.getValue();
    }
}
