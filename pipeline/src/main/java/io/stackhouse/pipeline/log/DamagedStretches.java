package io.stackhouse.pipeline.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What can't be read in a journal's segments: logged once each, and copied aside for who wants to look into it, since the segment is
 * deleted when the rest of it is delivered. Copies are files {@code damaged-<segment>-<offset>}, at most {@value #MAX_COPIED_BYTES}
 * bytes of them together; who has looked deletes them. Any thread.
 */
final class DamagedStretches implements SegmentScanner.DamageLog {
    private static final Logger LOG = LoggerFactory.getLogger(DamagedStretches.class);
    private static final String PREFIX = "damaged-";
    private static final long MAX_COPIED_BYTES = 16L << 20;
    private static final int COPY_BYTES = 1 << 16;

    private final Storage storage;
    private final Set<String> told = new HashSet<>();
    private long records;
    private long copiedBytes = -1;

    DamagedStretches(Storage storage) {
        this.storage = storage;
    }

    /** Damaged records in all stretches. */
    synchronized long records() {
        return records;
    }

    @Override
    public synchronized void damaged(Segment segment, long fromOffset, long toOffset, int damagedRecords) {
        String copy = PREFIX + HexFormat.of().toHexDigits(segment.firstSequence) + "-" + fromOffset;
        if (!told.add(copy)) {
            return;
        }
        records += damagedRecords;
        LOG.error(
                "The journal's file {} is damaged from byte {} to {}; {} records there are lost; {}",
                segment.name(),
                fromOffset,
                toOffset,
                damagedRecords,
                copied(segment, fromOffset, toOffset, copy));
    }

    /** The journal's end, that holds no whole record: nearly always a write that a crash cut short, and that nobody was answered for. */
    synchronized void torn(Segment segment, long fromOffset, long toOffset) {
        String copy = PREFIX + HexFormat.of().toHexDigits(segment.firstSequence) + "-" + fromOffset;
        LOG.warn(
                "The journal's last file {} ended in a torn write and was cut at byte {}, {} bytes before its end; {}",
                segment.name(),
                fromOffset,
                toOffset - fromOffset,
                copied(segment, fromOffset, toOffset, copy));
    }

    private String copied(Segment segment, long fromOffset, long toOffset, String copy) {
        try {
            return copy(segment, fromOffset, toOffset, copy)
                    ? "the bytes are kept in " + copy
                    : "the bytes are not kept, other copies take " + copiedBytes + " bytes already";
        } catch (IOException e) {
            return "the bytes can't be kept: " + e;
        }
    }

    private boolean copy(Segment segment, long from, long to, String name) throws IOException {
        Set<String> names = new HashSet<>(storage.list());
        if (names.contains(name)) {
            return true;
        }
        if (copiedBytes < 0) {
            copiedBytes = bytesOf(names);
        }
        if (copiedBytes + to - from > MAX_COPIED_BYTES) {
            return false;
        }
        copiedBytes += to - from;
        try (Storage.File target = storage.open(name)) {
            for (long at = from; at < to; at += COPY_BYTES) {
                ByteBuffer piece = SegmentScanner.readFully(segment.file, at, (int) Math.min(COPY_BYTES, to - at));
                target.write(piece, at - from);
            }
        }
        return true;
    }

    private long bytesOf(Set<String> names) throws IOException {
        long bytes = 0;
        for (String name : names) {
            if (name.startsWith(PREFIX)) {
                try (Storage.File file = storage.open(name)) {
                    bytes += file.size();
                }
            }
        }
        return bytes;
    }
}
