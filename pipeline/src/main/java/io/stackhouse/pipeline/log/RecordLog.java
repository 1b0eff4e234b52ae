package io.stackhouse.pipeline.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Records on disk for whoever has to do something about each of them, in any order, and again after a crash: groups are appended with one
 * sync, each record is released when it is done with, what is not released is found again.
 *
 * <p><b>Promise.</b> A group whose {@link #append} returned is found after a crash, whole, in its order, byte for byte. A group whose append
 * failed or was cut short is found whole or not at all. Released records may be found again: the cursor below which all are released is
 * saved by {@link #keepHouse} alone.
 *
 * <p><b>Note.</b> A small content of the caller's, saved before any record is deleted, so that what the caller knows from records outlives
 * them.
 *
 * <p><b>Bounds.</b> None of its own: whoever appends looks at {@link #bytes}. Segments are deleted in their order, so a record that is never
 * released keeps all that follow.
 *
 * <p><b>Layout.</b> That of a journal ({@link Segment}, {@link RecordHeader}, {@link CursorFile}); the fingerprint's halves are the sequence of
 * the group's first record and the number of its records. Sequences begin at 1. One process owns the folder.
 *
 * <p>Threads: {@link #open}, {@link #append} and {@link #keepHouse} by one at a time, {@link #release}, {@link #read} and {@link #bytes} by any.
 */
public final class RecordLog implements Closeable {
    private static final String NOTE_FILE = "note";
    private static final int LAYOUT = 1;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final long MAX_SEGMENT_BYTES = 64L << 20;
    private static final byte[] NO_TENANT = {};

    private final Storage storage;
    private final SegmentLog segments;
    private final CursorFile cursorFile;
    private final Object released = new Object();
    private ReleasedSequences done = new ReleasedSequences(1);
    private long nextSequence = 1;
    private long savedCursor = -1;
    private @Nullable ByteBuffer note;

    /** A record that is kept, and where. Immutable. */
    public static final class Item {
        private final RecordHeader header;
        private final Segment segment;
        private final long offset;

        private Item(RecordHeader header, Segment segment, long offset) {
            this.header = header;
            this.segment = segment;
            this.offset = offset;
        }

        public long sequence() {
            return header.sequence();
        }

        /** When it was appended, nanoseconds since 1970. */
        public long appendedUnixNanos() {
            return header.receivedUnixNanos();
        }

        /** On disk, with its header. */
        public long bytes() {
            return header.recordBytes();
        }
    }

    /** Told about the records that {@link #open} finds, in order. */
    @FunctionalInterface
    public interface Finder {
        /** Takes a record. Those that are released and not deleted yet come too. */
        void found(Item item, byte[] body, boolean isReleased) throws IOException;
    }

    /** A log in a folder, made when absent. */
    public static RecordLog of(Path folder, long maxBytes) {
        return new RecordLog(new FolderStorage(folder), segmentBytes(maxBytes));
    }

    private static long segmentBytes(long maxBytes) {
        return Math.max(4096, Math.min(MAX_SEGMENT_BYTES, maxBytes / 8));
    }

    RecordLog(Storage storage, long segmentBytes) {
        this.storage = storage;
        this.segments = new SegmentLog(
                storage, new JournalSettings(2 * segmentBytes, 1, segmentBytes, JournalSettings.WhenFull.REFUSE, 0, 0));
        this.cursorFile = new CursorFile(storage);
    }

    /** Claims the folder, and finds what is there. Once, before all else. */
    public void open(Finder finder) throws IOException {
        storage.claim();
        note = SealedFile.load(storage, NOTE_FILE);
        long cursor = Math.max(1, cursorFile.load());
        savedCursor = cursor;
        segments.recover(cursor, header -> {});
        done = new ReleasedSequences(cursor);
        nextSequence = Math.max(1, segments.nextSequence());
        long expected = cursor;
        for (Segment at = segments.segmentFor(0); at != null; at = segments.segmentAfter(at)) {
            expected = find(at, expected, finder);
        }
        release(expected, nextSequence);
    }

    /** What {@link #keepHouse} saved last, or null when there is none. */
    public @Nullable ByteBuffer note() {
        ByteBuffer found = note;
        return found == null ? null : found.duplicate().order(found.order());
    }

    private record Found(Item item, byte[] body) {}

    /** Gives out a segment's records; returns the sequence after the last. */
    private long find(Segment segment, long firstExpected, Finder finder) throws IOException {
        SegmentScanner scanner =
                new SegmentScanner(segment, Segment.HEADER_BYTES, new byte[BUFFER_BYTES], segments.damage());
        long end = segments.endOffset(segment);
        long expected = firstExpected;
        List<Found> group = new ArrayList<>();
        for (SegmentScanner.Found found = scanner.next(end); found != null; found = scanner.next(end)) {
            Item item = new Item(found.header(), segment, found.offset());
            if (!group.isEmpty() && groupOf(group.get(0).item()) != groupOf(item)) {
                // A group follows, so this one was synced: what is missing of it is damaged.
                expected = give(group, expected, finder);
                group.clear();
            }
            group.add(new Found(item, found.content()));
        }
        if (!group.isEmpty()
                && group.size() == group.get(0).item().header.fingerprint().low()) {
            expected = give(group, expected, finder);
        }
        return expected;
    }

    private static long groupOf(Item item) {
        return item.header.fingerprint().high();
    }

    private long give(List<Found> group, long firstExpected, Finder finder) throws IOException {
        long expected = firstExpected;
        for (Found found : group) {
            long sequence = found.item().sequence();
            if (sequence >= expected) {
                release(expected, sequence);
                expected = sequence + 1;
            }
            finder.found(found.item(), found.body(), isReleased(sequence));
        }
        return expected;
    }

    private boolean isReleased(long sequence) {
        synchronized (released) {
            return done.isReleased(sequence);
        }
    }

    private void release(long from, long end) {
        synchronized (released) {
            done.release(from, end);
        }
    }

    /** Makes the bodies durable as one group, all or none. When it throws, none is kept, though a later {@link #open} may find all. */
    public List<Item> append(List<byte[]> bodies, long nowUnixNanos) throws IOException {
        long first = nextSequence;
        nextSequence += bodies.size();
        List<SegmentLog.Unwritten> records = new ArrayList<>(bodies.size());
        for (int i = 0; i < bodies.size(); i++) {
            records.add(new SegmentLog.Unwritten(header(first, i, bodies, nowUnixNanos), NO_TENANT, bodies.get(i)));
        }
        List<SegmentLog.Place> places;
        try {
            places = segments.append(records);
        } catch (IOException e) {
            release(first, nextSequence);
            throw e;
        }
        List<Item> items = new ArrayList<>(bodies.size());
        for (int i = 0; i < places.size(); i++) {
            RecordHeader header = records.get(i).header();
            SegmentLog.Place place = places.get(i);
            items.add(new Item(header, place.segment(), place.endOffset() - header.recordBytes()));
        }
        return items;
    }

    private static RecordHeader header(long first, int index, List<byte[]> bodies, long nowUnixNanos) {
        byte[] body = bodies.get(index);
        return new RecordHeader(
                RecordHeader.LAYOUT,
                RecordHeader.OTHER,
                LAYOUT,
                body.length,
                0,
                SegmentScanner.checksum(NO_TENANT, body),
                first + index,
                nowUnixNanos,
                new Fingerprint(first, bodies.size()),
                0);
    }

    /** The record's body; throws when it can't be read, or is damaged. */
    public byte[] read(Item item) throws IOException {
        byte[] body = new byte[item.header.bodyBytes()];
        ByteBuffer target = ByteBuffer.wrap(body);
        long start = item.offset + RecordHeader.BYTES;
        while (target.hasRemaining()) {
            if (item.segment.file.read(target, start + target.position()) < 0) {
                throw new IOException(item.segment.name() + " ends before its record " + item.sequence() + " does");
            }
        }
        if (SegmentScanner.checksum(NO_TENANT, body) != item.header.contentChecksum()) {
            throw new IOException("record " + item.sequence() + " in " + item.segment.name() + " is damaged");
        }
        return body;
    }

    /** The record is done with. */
    public void release(Item item) {
        release(item.sequence(), item.sequence() + 1);
    }

    /** Bytes of the segments on disk. */
    public long bytes() {
        return segments.extent().bytes();
    }

    /** Damaged records found so far. */
    public long damagedRecords() {
        return segments.damage().records();
    }

    /**
     * Saves the cursor and, when segments lie below it, first the note, then deletes them. To be called about once a second.
     *
     * @param noteNow what has to outlive the records, from its begin to its position, little endian
     */
    public void keepHouse(Supplier<ByteBuffer> noteNow) throws IOException {
        long cursor;
        synchronized (released) {
            cursor = done.mark();
        }
        if (segments.hasSegmentBelow(cursor)) {
            SealedFile.save(storage, NOTE_FILE, noteNow.get());
        }
        if (cursor != savedCursor) {
            cursorFile.save(cursor);
            savedCursor = cursor;
        }
        segments.deleteBelow(cursor);
    }

    /** Safe twice, and before {@link #open}. */
    @Override
    public void close() throws IOException {
        cursorFile.close();
        segments.close();
    }
}
