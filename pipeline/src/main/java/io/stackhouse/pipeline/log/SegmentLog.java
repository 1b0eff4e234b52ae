package io.stackhouse.pipeline.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
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
 * <p><b>Append</b> writes the records of a group one after the other ({@link RecordAppender}) and syncs once. When a write or the sync fails, the segment is
 * given up where it was last known durable, and never synced again; the next group begins a new segment. Records of the failed group
 * may still be found by a later recovery: their clients were told to send them again, and the fingerprints make the two one.
 *
 * <p>Threads: {@link #append} by the writer thread, {@link #deleteBelow} by any; the list of segments and their ends are guarded by this
 * object's monitor.
 */
final class SegmentLog implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentLog.class);
    private static final int RECOVERY_BYTES = 1 << 18;

    private final Storage storage;
    private final long segmentBytes;
    private final RecordAppender appender;
    private final DamagedStretches damage;
    private final SecureRandom random = new SecureRandom();
    private final Deque<Segment> segments = new ArrayDeque<>();
    private boolean isLastGivenUp;
    private long bytes;
    private long nextSequence;

    /** A record to append. */
    record Unwritten(RecordHeader header, byte[] tenant, byte[] body) {}

    /** Where a record lies. */
    record Place(Segment segment, long endOffset) {}

    /** What there is on disk. */
    record Extent(long bytes, int segments) {}

    /** Told about each whole record at recovery, in order. */
    @FunctionalInterface
    interface RecoveredRecords {
        void found(RecordHeader header);
    }

    SegmentLog(Storage storage, JournalSettings settings) {
        this.storage = storage;
        this.segmentBytes = settings.segmentBytes();
        this.appender = new RecordAppender(segmentBytes);
        this.damage = new DamagedStretches(storage);
    }

    /** What could not be read so far. */
    DamagedStretches damage() {
        return damage;
    }

    /** Finds what is there; sequences go on after it, and not below {@code minimumSequence}. */
    synchronized void recover(long minimumSequence, RecoveredRecords records) throws IOException {
        List<String> names = new ArrayList<>(storage.list());
        names.removeIf(name -> !Segment.isSegment(name));
        names.sort(null);
        nextSequence = minimumSequence;
        byte[] buffer = new byte[names.isEmpty() ? 0 : RECOVERY_BYTES];
        for (String name : names) {
            Segment segment = Segment.open(storage, name);
            segments.add(segment);
            recoverSegment(segment, buffer, records);
        }
        // Nothing is changed before all was found to be known.
        Segment last = segments.peekLast();
        if (last != null) {
            cutTornEnd(last);
        }
        for (Segment segment : List.copyOf(segments)) {
            long found = damage.records();
            if (segment != last) {
                noteDamagedEnd(segment);
            }
            if (segment.isEmpty() && found == damage.records()) {
                forget(segment);
            } else {
                bytes += segment.endOffset;
                // Its name is not used again, also when none of its records could be read.
                nextSequence = Math.max(nextSequence, segment.firstSequence + 1);
            }
        }
        // What is found is never appended to: its last bytes may be a torn write of another life.
        isLastGivenUp = true;
    }

    private void recoverSegment(Segment segment, byte[] buffer, RecoveredRecords records) throws IOException {
        long fileEnd = segment.file.size();
        SegmentScanner scanner = new SegmentScanner(segment, Segment.HEADER_BYTES, buffer, damage);
        for (RecordHeader header = scanner.nextHeader(fileEnd); header != null; header = scanner.nextHeader(fileEnd)) {
            if (header.sequence() < nextSequence && header.sequence() < segment.endSequence) {
                damage.damaged(segment, scanner.offset() - header.recordBytes(), scanner.offset(), 1);
                continue;
            }
            segment.endSequence = header.sequence() + 1;
            segment.newestUnixNanos = header.receivedUnixNanos();
            nextSequence = Math.max(nextSequence, segment.endSequence);
            records.found(header);
        }
        segment.endOffset = scanner.offset();
    }

    private void cutTornEnd(Segment last) throws IOException {
        long fileEnd = last.file.size();
        if (fileEnd > last.endOffset) {
            if (!isZero(last, fileEnd)) {
                damage.torn(last, last.endOffset, fileEnd);
            }
            last.file.truncate(last.endOffset);
            last.file.sync();
        }
    }

    private void noteDamagedEnd(Segment segment) throws IOException {
        long fileEnd = segment.file.size();
        if (fileEnd > segment.endOffset && !isZero(segment, fileEnd)) {
            damage.damaged(segment, segment.endOffset, fileEnd, 1);
        }
    }

    private static boolean isZero(Segment segment, long end) throws IOException {
        for (long at = segment.endOffset; at < end; at += RECOVERY_BYTES) {
            ByteBuffer piece = SegmentScanner.readFully(segment.file, at, (int) Math.min(RECOVERY_BYTES, end - at));
            while (piece.hasRemaining()) {
                if (piece.get() != 0) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Deletes a segment without records; its name may be used again. */
    private synchronized void forget(Segment segment) {
        segments.remove(segment);
        try {
            segment.file.close();
            storage.delete(segment.name());
        } catch (IOException e) {
            LOG.warn("The empty segment {} of the journal could not be deleted: {}", segment.name(), e.toString());
        }
    }

    /** The sequence after what {@link #recover} found. */
    synchronized long nextSequence() {
        return nextSequence;
    }

    synchronized Extent extent() {
        return new Extent(bytes, segments.size());
    }

    /** Makes the records durable, all or none of them known to be; returns the end of each. */
    List<Place> append(List<Unwritten> records) throws IOException {
        Segment segment = openSegment(records.get(0).header().sequence());
        long start = segment.endOffset;
        List<Place> places;
        try {
            places = appender.write(segment, records, start);
            segment.file.sync();
        } catch (IOException e) {
            giveUp(segment);
            throw e;
        }
        long end = places.get(places.size() - 1).endOffset();
        RecordHeader last = records.get(records.size() - 1).header();
        synchronized (this) {
            bytes += end - start;
            segment.endOffset = end;
            segment.endSequence = last.sequence() + 1;
            segment.newestUnixNanos = last.receivedUnixNanos();
        }
        return places;
    }

    private synchronized void giveUp(Segment segment) {
        isLastGivenUp = true;
        if (segment.isEmpty()) {
            bytes -= segment.endOffset;
            forget(segment);
            return;
        }
        cutZeros(segment);
    }

    /** Best effort: frees what a full disk needs most, and keeps failed records from being found. */
    private static void cutZeros(Segment segment) {
        try {
            segment.file.truncate(segment.endOffset);
        } catch (IOException e) {
            LOG.warn("The end of the journal's segment {} could not be cut: {}", segment.name(), e.toString());
        }
    }

    private Segment openSegment(long firstSequence) throws IOException {
        synchronized (this) {
            Segment last = segments.peekLast();
            if (last != null && !isLastGivenUp) {
                if (last.endOffset < segmentBytes) {
                    return last;
                }
                cutZeros(last);
            }
        }
        Segment created = Segment.create(storage, firstSequence, random.nextInt());
        synchronized (this) {
            segments.add(created);
            bytes += created.endOffset;
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

    /**
     * Deletes the segments that hold nothing at or after the sequence; the last one stays. One that comes back with a crash is found to be
     * below the cursor, or is delivered again.
     */
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
                bytes -= segment.endOffset;
            }
            segments.removeAll(doomed);
        }
        for (Segment segment : doomed) {
            segment.file.close();
            storage.delete(segment.name());
        }
    }

    /** First sequence after the oldest segment, or null when the oldest is the one that is written to. */
    synchronized @Nullable Long endOfOldest() {
        return segments.size() < 2 ? null : segments.getFirst().endSequence;
    }

    /** First sequence after the segments, from the oldest on, whose records were all received before the time; 0 for none. */
    synchronized long endOfReceivedBefore(long unixNanos) {
        long end = 0;
        for (Segment segment : segments) {
            if (segment.newestUnixNanos >= unixNanos) {
                break;
            }
            end = segment.endSequence;
        }
        return end;
    }

    @Override
    public synchronized void close() throws IOException {
        Segment last = segments.peekLast();
        if (last != null && last.allocatedOffset > last.endOffset && !isLastGivenUp) {
            cutZeros(last);
        }
        try {
            for (Segment segment : segments) {
                segment.file.close();
            }
            segments.clear();
        } finally {
            storage.close();
        }
    }
}
