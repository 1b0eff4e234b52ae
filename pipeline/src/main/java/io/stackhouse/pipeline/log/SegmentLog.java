package io.stackhouse.pipeline.log;

import io.stackhouse.pipeline.log.SegmentScanner.Found;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segments of a journal on a {@link Storage}: recovery, appending with one sync for many records, trimming.
 *
 * <p><b>Recovery</b> reads every record of every segment once, in the order of the segments' names. What ends the last segment without
 * being whole is a torn write, never acknowledged, and is cut off. A damaged record between whole ones is left out and counted.
 * Sequences only grow; a record that does not is left out too.
 *
 * <p><b>Append</b> writes the records of a group one after the other and syncs once. When a write or the sync fails, the segment is
 * given up where it was last known durable, and never synced again; the next group begins a new segment. Records of the failed group
 * may still be found by a later recovery: their clients were told to send them again, and the fingerprints make the two one.
 *
 * <p>Threads: {@link #append} and {@link #deleteBelow} by the writer thread; the list of segments and their ends are guarded by this
 * object's monitor.
 */
final class SegmentLog implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentLog.class);

    private final Storage storage;
    private final long segmentBytes;
    private final long maxBodyBytes;
    private final Deque<Segment> segments = new ArrayDeque<>();
    private boolean isLastGivenUp;
    private long damagedRecords;
    private long nextSequence;

    /** A record to append: its header and its body. */
    record Unwritten(RecordHeader header, byte[] body) {}

    /** Where a record lies. */
    record Place(Segment segment, long endOffset) {}

    /** Told about each whole record at recovery, in order. */
    @FunctionalInterface
    interface RecoveredRecords {
        void found(RecordHeader header);
    }

    SegmentLog(Storage storage, JournalSettings settings) {
        this.storage = storage;
        this.segmentBytes = settings.segmentBytes();
        this.maxBodyBytes = settings.maxBodyBytes();
    }

    /** Finds what is there; sequences go on after it, and not below {@code minimumSequence}. */
    synchronized void recover(long minimumSequence, RecoveredRecords records) throws IOException {
        List<String> names = new ArrayList<>(storage.list());
        names.removeIf(name -> !Segment.isSegment(name));
        names.sort(null);
        nextSequence = minimumSequence;
        for (int i = 0; i < names.size(); i++) {
            Segment segment = Segment.open(storage, names.get(i));
            long damagedBefore = damagedRecords;
            recoverSegment(segment, records, i == names.size() - 1);
            if (segment.endSequence == segment.firstSequence && damagedRecords == damagedBefore) {
                deleteEmpty(segment);
            } else {
                segments.add(segment);
            }
        }
        if (damagedRecords > 0) {
            LOG.error("The journal has {} damaged stretches; the records in them are lost", damagedRecords);
        }
        // What is found is never appended to: its last bytes may be a torn write of another life.
        isLastGivenUp = true;
    }

    private void recoverSegment(Segment segment, RecoveredRecords records, boolean isLast) throws IOException {
        long fileEnd = segment.file.size();
        SegmentScanner scanner = new SegmentScanner(segment, Segment.HEADER_BYTES, maxBodyBytes);
        for (Found found = scanner.next(fileEnd); found != null; found = scanner.next(fileEnd)) {
            if (found.header().sequence() < nextSequence && found.header().sequence() < segment.endSequence) {
                damagedRecords++;
                continue;
            }
            segment.endSequence = found.header().sequence() + 1;
            nextSequence = Math.max(nextSequence, segment.endSequence);
            records.found(found.header());
        }
        damagedRecords += scanner.damagedRecords();
        segment.endOffset = scanner.offset();
        if (isLast && fileEnd > segment.endOffset) {
            LOG.info("Cut a torn end of {} bytes off the journal's last segment", fileEnd - segment.endOffset);
            segment.file.truncate(segment.endOffset);
            segment.file.sync();
        }
    }

    /** What a failed group left: its name will be used again. */
    private void deleteEmpty(Segment segment) throws IOException {
        segment.file.close();
        try {
            storage.delete(segment.name());
        } catch (IOException e) {
            LOG.warn("The empty segment {} of the journal could not be deleted: {}", segment.name(), e.toString());
        }
    }

    /** The sequence after what {@link #recover} found. */
    synchronized long nextSequence() {
        return nextSequence;
    }

    synchronized long damagedRecords() {
        return damagedRecords;
    }

    synchronized long bytes() {
        long bytes = 0;
        for (Segment segment : segments) {
            bytes += segment.endOffset;
        }
        return bytes;
    }

    /** Makes the records durable, all or none of them known to be; returns the end of each. */
    List<Place> append(List<Unwritten> records) throws IOException {
        Segment segment = openSegment(records.get(0).header().sequence());
        List<Place> places = new ArrayList<>(records.size());
        long at;
        synchronized (this) {
            at = segment.endOffset;
        }
        try {
            ByteBuffer header = ByteBuffer.allocate(RecordHeader.BYTES);
            for (Unwritten record : records) {
                header.clear();
                record.header().write(header);
                segment.file.write(header.flip(), at);
                segment.file.write(padded(record), at + RecordHeader.BYTES);
                at += record.header().recordBytes();
                places.add(new Place(segment, at));
            }
            segment.file.sync();
        } catch (IOException e) {
            giveUp(segment);
            throw e;
        }
        synchronized (this) {
            segment.endOffset = at;
            segment.endSequence = records.get(records.size() - 1).header().sequence() + 1;
        }
        return places;
    }

    private static ByteBuffer padded(Unwritten record) {
        int contentBytes = record.body().length;
        int paddedBytes = (int) (record.header().recordBytes() - RecordHeader.BYTES);
        if (paddedBytes == contentBytes) {
            return ByteBuffer.wrap(record.body());
        }
        return ByteBuffer.allocate(paddedBytes).put(record.body()).position(0);
    }

    private synchronized void giveUp(Segment segment) {
        isLastGivenUp = true;
        try {
            // Best effort: frees what a full disk needs most, and keeps the failed records from being found.
            segment.file.truncate(segment.endOffset);
        } catch (IOException e) {
            LOG.warn("The end of the journal's segment {} could not be cut: {}", segment.name(), e.toString());
        }
    }

    private Segment openSegment(long firstSequence) throws IOException {
        synchronized (this) {
            Segment last = segments.peekLast();
            if (last != null && !isLastGivenUp && last.endOffset < segmentBytes) {
                return last;
            }
        }
        Segment created = Segment.create(storage, firstSequence);
        synchronized (this) {
            // A segment that never got a record has had its file begun anew just now; two must never own one file.
            for (Segment segment : segments) {
                if (segment.firstSequence == firstSequence) {
                    segment.file.close();
                }
            }
            segments.removeIf(segment -> segment.firstSequence == firstSequence);
            segments.add(created);
            isLastGivenUp = false;
        }
        return created;
    }

    /** The segment that holds the sequence, or the first one after it; null when there is none. */
    synchronized @Nullable Segment segmentFor(long sequence) {
        for (Segment segment : segments) {
            if (segment.endSequence > sequence) {
                return segment;
            }
        }
        return null;
    }

    /** The segment after this one; null when it is the last, or gone. */
    synchronized @Nullable Segment segmentAfter(Segment segment) {
        boolean isNext = false;
        for (Segment each : segments) {
            if (isNext) {
                return each;
            }
            isNext = each == segment;
        }
        return null;
    }

    /** Whether {@link #deleteBelow} would delete something. */
    synchronized boolean hasSegmentBelow(long sequence) {
        return segments.size() > 1 && segments.getFirst().endSequence <= sequence;
    }

    synchronized long endOffset(Segment segment) {
        return segment.endOffset;
    }

    /** Deletes the segments that hold nothing at or after the sequence; the last one stays. */
    void deleteBelow(long sequence) throws IOException {
        List<Segment> doomed = new ArrayList<>();
        synchronized (this) {
            Iterator<Segment> each = segments.iterator();
            while (each.hasNext()) {
                Segment segment = each.next();
                if (segment.endSequence > sequence || !each.hasNext()) {
                    break;
                }
                doomed.add(segment);
            }
            segments.removeAll(doomed);
        }
        for (Segment segment : doomed) {
            segment.file.close();
            storage.delete(segment.name());
        }
        if (!doomed.isEmpty()) {
            storage.syncNames();
        }
    }

    /** First sequence after the oldest segment, or null when the oldest is the one that is written to. */
    synchronized @Nullable Long endOfOldest() {
        return segments.size() < 2 ? null : segments.getFirst().endSequence;
    }

    @Override
    public synchronized void close() throws IOException {
        for (Segment segment : segments) {
            segment.file.close();
        }
        segments.clear();
        storage.close();
    }
}
