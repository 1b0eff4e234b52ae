package io.stackhouse.pipeline.log;

import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.Request;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.log.SegmentLog.Place;
import io.stackhouse.pipeline.log.SegmentLog.Unwritten;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A journal on disk: what it accepted survives the process and the machine's power.
 *
 * <p><b>Promise.</b> A request is accepted once its record, and every record before it, is synced. A writer thread takes all requests
 * that wait, writes them and syncs once. After a crash, everything from the cursor on is given out again, in order; the cursor is the
 * lowest sequence that not every destination has, saved about once a second, so that a crash repeats what was in flight and
 * nothing else. An equal request within the duplicate window, also over a restart, is accepted and not stored again.
 *
 * <p><b>Bounds.</b> Segments take at most {@link JournalSettings#maxBytes} on disk; beyond it requests are refused, or the oldest segment
 * is given up and counted. Bodies in memory, waiting or on their way, take at most {@link JournalSettings#maxMemoryBytes}; what waits beyond
 * that is read back from disk when its turn comes. A full or failing disk refuses requests; it never ends the process, and the
 * journal goes on by itself when there is room again.
 *
 * <p><b>Layout.</b> {@link Segment}, {@link RecordHeader}, {@link CursorFile}, {@link RecentRequests}; recovery in {@link SegmentLog}. One process
 * owns the folder.
 *
 * <p>Threads: as {@link Journal} says; the writer thread is its own.
 */
public final class DiskJournal implements Journal {
    private static final Logger LOG = LoggerFactory.getLogger(DiskJournal.class);
    private static final long RETRY_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long CURSOR_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MAX_GROUP_BYTES = 16 << 20;
    private static final int MAX_RECENT_REQUESTS = 1 << 18;
    private static final long CLOSE_TIMEOUT_MILLIS = 5_000;

    private final Storage storage;
    private final JournalSettings settings;
    private final BatchDecoder decoder;
    private final Clock clock;
    private final SegmentLog segments;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Waiting> unwritten = new ArrayDeque<>();
    private final Map<Fingerprint, Waiting> unwrittenByFingerprint = new HashMap<>();
    private final ArrayDeque<Kept> inMemory = new ArrayDeque<>();
    private final RecentRequests recent;
    private ReleasedSequences released = new ReleasedSequences(0);
    private long unwrittenBytes;
    private long memoryBytes;
    private long inFlightBytes;
    private long nextSequence;
    private long durableEnd;
    private long nextToTake;
    private long savedCursor;
    private long damagedRecords;
    private long droppedRecords;
    private long duplicateRequests;
    private boolean isSealed;
    private boolean isClosed;

    private @Nullable Thread writer;

    // The writer's own.
    private long savedAtNanos;

    // The taker's own: where the record after the last one it took lies.
    private @Nullable Segment readSegment;
    private long readOffset;

    /** An accepted request that is not durable yet, and everyone who waits for it. */
    private static final class Waiting {
        final Request request;
        final Fingerprint fingerprint;
        final List<Ack> acks = new ArrayList<>(1);
        long sequence;

        Waiting(Request request, Fingerprint fingerprint, Ack ack) {
            this.request = request;
            this.fingerprint = fingerprint;
            acks.add(ack);
        }
    }

    private record Kept(Entry entry, Place place) {}

    /** Opens the folder and recovers what is in it. Throws UncheckedIOException with what to do when it can't. */
    public static DiskJournal open(Path folder, JournalSettings settings, BatchDecoder decoder, Clock clock) {
        try {
            return new DiskJournal(FolderStorage.open(folder), settings, decoder, clock);
        } catch (IOException e) {
            throw new UncheckedIOException("the journal in " + folder + " can't be opened: " + e.getMessage(), e);
        }
    }

    DiskJournal(Storage storage, JournalSettings settings, BatchDecoder decoder, Clock clock) throws IOException {
        this.storage = storage;
        this.settings = settings;
        this.decoder = decoder;
        this.clock = clock;
        this.segments = new SegmentLog(storage, settings);
        this.recent = new RecentRequests(settings.duplicateWindowNanos(), MAX_RECENT_REQUESTS);
        recover();
    }

    private void recover() throws IOException {
        long cursor = CursorFile.load(storage);
        if (!recent.load(storage)) {
            LOG.warn(
                    "The journal's list of recent requests is damaged; a request that is sent again may be stored twice");
        }
        released = new ReleasedSequences(cursor);
        long[] firstKept = {Long.MAX_VALUE};
        Set<Fingerprint> given = new HashSet<>();
        segments.recover(cursor, header -> {
            if (header.sequence() >= cursor) {
                firstKept[0] = Math.min(firstKept[0], header.sequence());
                if (!given.add(header.fingerprint())) {
                    // Written by a failed group, then again when its client came back.
                    released.release(header.sequence());
                }
            }
            recent.add(header.fingerprint(), header.receivedUnixNanos());
        });
        damagedRecords = segments.damagedRecords();
        nextSequence = segments.nextSequence();
        durableEnd = nextSequence;
        nextToTake = Math.min(firstKept[0], nextSequence);
        released.releaseBelow(nextToTake);
        savedCursor = cursor;
    }

    @Override
    public void start() {
        Thread thread = new Thread(this::write, "journal-writer");
        thread.start();
        writer = thread;
    }

    @Override
    public void append(Request request, Ack ack) {
        Fingerprint fingerprint = Fingerprint.of(request.body());
        RefusedException refusal = null;
        boolean isDuplicate = false;
        lock.lock();
        try {
            Waiting same = unwrittenByFingerprint.get(fingerprint);
            if (same != null) {
                duplicateRequests++;
                same.acks.add(ack);
                return;
            }
            isDuplicate = recent.contains(fingerprint, request.receivedUnixNanos());
            if (isDuplicate) {
                duplicateRequests++;
            } else {
                refusal = refusal(request);
                if (refusal == null) {
                    Waiting waiting = new Waiting(request, fingerprint, ack);
                    unwritten.add(waiting);
                    unwrittenByFingerprint.put(fingerprint, waiting);
                    unwrittenBytes += request.body().length;
                    changed.signalAll();
                }
            }
        } finally {
            lock.unlock();
        }
        if (isDuplicate) {
            ack.accepted();
        } else if (refusal != null) {
            ack.refused(refusal);
        }
    }

    private @Nullable RefusedException refusal(Request request) {
        if (isSealed) {
            return new RefusedException("the collector is stopping", RETRY_AFTER_NANOS);
        }
        if (unwrittenBytes > 0 && unwrittenBytes + request.body().length > settings.maxMemoryBytes()) {
            return new RefusedException(
                    unwrittenBytes + " bytes wait to be written to the journal; its disk is slower than what arrives",
                    RETRY_AFTER_NANOS);
        }
        long needed = segments.bytes() + unwrittenBytes + request.body().length + RecordHeader.BYTES;
        if (settings.whenFull() == JournalSettings.WhenFull.REFUSE && needed > settings.maxBytes()) {
            return new RefusedException(
                    "the journal holds " + segments.bytes() + " of " + settings.maxBytes()
                            + " bytes; the destination is slower than what arrives, or away",
                    RETRY_AFTER_NANOS);
        }
        return null;
    }

    private void write() {
        try {
            while (true) {
                List<Waiting> group = nextGroup();
                if (!group.isEmpty()) {
                    writeGroup(group);
                }
                keepHouse();
                if (group.isEmpty() && isFinished()) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isFinished() {
        lock.lock();
        try {
            return isClosed && unwritten.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for requests, for a second at most; takes what waits, up to a bound. */
    private List<Waiting> nextGroup() throws InterruptedException {
        List<Waiting> group = new ArrayList<>();
        lock.lockInterruptibly();
        try {
            long patience = CURSOR_INTERVAL_NANOS;
            while (unwritten.isEmpty() && !isClosed && patience > 0) {
                patience = changed.awaitNanos(patience);
            }
            long bytes = 0;
            while (!unwritten.isEmpty() && bytes < MAX_GROUP_BYTES) {
                Waiting waiting = unwritten.poll();
                waiting.sequence = nextSequence++;
                bytes += waiting.request.body().length;
                group.add(waiting);
            }
        } finally {
            lock.unlock();
        }
        return group;
    }

    private void writeGroup(List<Waiting> group) {
        RefusedException failure = null;
        try {
            List<Unwritten> records = new ArrayList<>(group.size());
            for (Waiting waiting : group) {
                records.add(record(waiting));
            }
            noteDurable(group, segments.append(records));
        } catch (IOException e) {
            LOG.error(
                    "The journal could not be written; {} requests are refused until it can: {}",
                    group.size(),
                    e.toString());
            failure = new RefusedException("the journal can't be written: " + e.getMessage(), RETRY_AFTER_NANOS);
            noteFailed(group);
        }
        for (Waiting waiting : group) {
            for (Ack ack : waiting.acks) {
                if (failure == null) {
                    ack.accepted();
                } else {
                    ack.refused(failure);
                }
            }
        }
    }

    private static Unwritten record(Waiting waiting) {
        Request request = waiting.request;
        RecordHeader header = new RecordHeader(
                request.signal() == Signal.PROFILES ? 1 : 2,
                request.wireVersion(),
                request.body().length,
                0,
                SegmentScanner.checksum(ByteBuffer.wrap(request.body())),
                waiting.sequence,
                request.receivedUnixNanos(),
                waiting.fingerprint);
        return new Unwritten(header, request.body());
    }

    private void noteDurable(List<Waiting> group, List<Place> places) {
        lock.lock();
        try {
            for (int i = 0; i < group.size(); i++) {
                Waiting waiting = group.get(i);
                forgetUnwritten(waiting);
                recent.add(waiting.fingerprint, waiting.request.receivedUnixNanos());
                keepInMemory(new Kept(new Entry(waiting.sequence, waiting.request), places.get(i)));
            }
            durableEnd = group.get(group.size() - 1).sequence + 1;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Saves reading it back, where that leaves no gap and there is room. */
    private void keepInMemory(Kept kept) {
        long expected =
                inMemory.isEmpty() ? nextToTake : inMemory.getLast().entry().sequence() + 1;
        int bytes = kept.entry().request().body().length;
        if (kept.entry().sequence() == expected && memoryBytes + inFlightBytes + bytes <= settings.maxMemoryBytes()) {
            inMemory.add(kept);
            memoryBytes += bytes;
        }
    }

    private void noteFailed(List<Waiting> group) {
        lock.lock();
        try {
            for (Waiting waiting : group) {
                forgetUnwritten(waiting);
            }
            // Their sequences are used up: a later recovery may find them under these.
            released.releaseFailed(group.get(0).sequence, group.get(group.size() - 1).sequence + 1);
            durableEnd = group.get(group.size() - 1).sequence + 1;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void forgetUnwritten(Waiting waiting) {
        unwrittenBytes -= waiting.request.body().length;
        unwrittenByFingerprint.remove(waiting.fingerprint);
    }

    /** Saves the cursor and deletes what lies below it; gives up the oldest when that is the setting and the budget is used up. */
    private void keepHouse() {
        try {
            dropOldestWhenFull();
            long cursor;
            lock.lock();
            try {
                cursor = released.mark();
            } finally {
                lock.unlock();
            }
            if (cursor == savedCursor || (clock.nanos() - savedAtNanos < CURSOR_INTERVAL_NANOS && !isClosing())) {
                return;
            }
            CursorFile.save(storage, cursor);
            savedCursor = cursor;
            savedAtNanos = clock.nanos();
            if (segments.hasSegmentBelow(cursor)) {
                saveRecent();
                segments.deleteBelow(cursor);
            }
        } catch (IOException e) {
            LOG.warn(
                    "The journal's cursor could not be saved; after a crash more is delivered again: {}", e.toString());
        }
    }

    private boolean isClosing() {
        lock.lock();
        try {
            return isClosed;
        } finally {
            lock.unlock();
        }
    }

    private void saveRecent() throws IOException {
        lock.lock();
        try {
            recent.save(storage);
        } finally {
            lock.unlock();
        }
    }

    private void dropOldestWhenFull() throws IOException {
        while (settings.whenFull() == JournalSettings.WhenFull.DROP_OLDEST && segments.bytes() > settings.maxBytes()) {
            Long end = segments.endOfOldest();
            if (end == null) {
                return;
            }
            lock.lock();
            try {
                long before = released.mark();
                if (end > before) {
                    droppedRecords += end - Math.max(before, nextToTake);
                    released.releaseBelow(end);
                    nextToTake = Math.max(nextToTake, end);
                    while (!inMemory.isEmpty() && inMemory.getFirst().entry().sequence() < end) {
                        memoryBytes -= inMemory.poll().entry().request().body().length;
                    }
                    LOG.error("The journal is full; it gave up its oldest requests below {}", end);
                }
            } finally {
                lock.unlock();
            }
            segments.deleteBelow(end);
        }
    }

    @Override
    public @Nullable Entry take() throws InterruptedException {
        while (true) {
            long sequence;
            lock.lockInterruptibly();
            try {
                while (mustWait()) {
                    changed.await();
                }
                Kept kept = inMemory.peek();
                if (kept != null && kept.entry().sequence() == nextToTake) {
                    inMemory.poll();
                    memoryBytes -= kept.entry().request().body().length;
                    readSegment = kept.place().segment();
                    readOffset = kept.place().endOffset();
                    return taken(kept.entry());
                }
                if (nextToTake >= durableEnd) {
                    return null;
                }
                sequence = nextToTake;
            } finally {
                lock.unlock();
            }
            Entry entry = readBack(sequence);
            if (entry != null) {
                return entry;
            }
        }
    }

    private boolean mustWait() {
        boolean hasNext = nextToTake < durableEnd;
        if (!hasNext) {
            return !(isSealed && unwritten.isEmpty() && unwrittenByFingerprint.isEmpty());
        }
        return inFlightBytes >= settings.maxMemoryBytes() && !isSealed;
    }

    private Entry taken(Entry entry) {
        nextToTake = entry.sequence() + 1;
        inFlightBytes += entry.request().body().length;
        return entry;
    }

    /** Reads the next record at or after the sequence from disk; null when there was none, or none that is wanted. */
    private @Nullable Entry readBack(long sequence) {
        try {
            SegmentScanner.Found found = nextFound(sequence);
            if (found == null) {
                skipTo(sequence, durableEndNow());
                return null;
            }
            RecordHeader header = found.header();
            skipTo(sequence, header.sequence());
            return decoded(header, found.body());
        } catch (IOException e) {
            LOG.error("A record of the journal can't be read; it is lost: {}", e.toString());
            skipTo(sequence, sequence + 1);
            return null;
        }
    }

    private @Nullable Entry decoded(RecordHeader header, byte[] body) {
        Signal signal = header.signal() == 1 ? Signal.PROFILES : Signal.TRACES;
        lock.lock();
        try {
            if (header.sequence() < nextToTake || released.isReleased(header.sequence())) {
                nextToTake = Math.max(nextToTake, header.sequence() + 1);
                return null;
            }
        } finally {
            lock.unlock();
        }
        try {
            Request request = new Request(
                    signal,
                    header.wireVersion(),
                    body,
                    decoder.decode(signal, header.wireVersion(), body, header.receivedUnixNanos()),
                    header.receivedUnixNanos());
            lock.lock();
            try {
                return taken(new Entry(header.sequence(), request));
            } finally {
                lock.unlock();
            }
        } catch (RejectedException e) {
            LOG.error("A record of the journal can't be decoded any more; it is lost: {}", e.getMessage());
            skipTo(header.sequence(), header.sequence() + 1);
            return null;
        }
    }

    private SegmentScanner.@Nullable Found nextFound(long sequence) throws IOException {
        Segment segment = segments.segmentFor(sequence);
        while (segment != null) {
            long start = segment == readSegment ? readOffset : Segment.HEADER_BYTES;
            SegmentScanner scanner = new SegmentScanner(segment, start, settings.maxBodyBytes());
            long end = segments.endOffset(segment);
            for (var found = scanner.next(end); found != null; found = scanner.next(end)) {
                readSegment = segment;
                readOffset = found.endOffset();
                if (found.header().sequence() >= sequence) {
                    return found;
                }
            }
            segment = segments.segmentAfter(segment);
        }
        return null;
    }

    private long durableEndNow() {
        lock.lock();
        try {
            return durableEnd;
        } finally {
            lock.unlock();
        }
    }

    /** Sequences that hold nothing to be read: failed writes, or damage. */
    private void skipTo(long from, long to) {
        lock.lock();
        try {
            for (long sequence = from; sequence < to; sequence++) {
                if (!released.isReleased(sequence)) {
                    damagedRecords++;
                    released.release(sequence);
                }
            }
            nextToTake = Math.max(nextToTake, to);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void release(Entry entry) {
        lock.lock();
        try {
            inFlightBytes -= entry.request().body().length;
            released.release(entry.sequence());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long pendingBytes() {
        lock.lock();
        try {
            return unwrittenBytes + memoryBytes + inFlightBytes;
        } finally {
            lock.unlock();
        }
    }

    /** Bytes of the segments on disk. */
    public long diskBytes() {
        return segments.bytes();
    }

    /** Records that could not be read back since the start: damage on disk. */
    public long damagedRecords() {
        lock.lock();
        try {
            return damagedRecords;
        } finally {
            lock.unlock();
        }
    }

    /** Records that were given up because the budget was used up. */
    public long droppedRecords() {
        lock.lock();
        try {
            return droppedRecords;
        } finally {
            lock.unlock();
        }
    }

    /** Requests that were answered and not stored, since an equal one was stored before. */
    public long duplicateRequests() {
        lock.lock();
        try {
            return duplicateRequests;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void seal() {
        lock.lock();
        try {
            isSealed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        seal();
        lock.lock();
        try {
            if (isClosed) {
                return;
            }
            isClosed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        joinWriter();
        try {
            saveRecent();
            segments.close();
        } catch (IOException e) {
            LOG.warn("The journal was not closed cleanly: {}", e.toString());
        }
    }

    private void joinWriter() {
        Thread thread = writer;
        if (thread == null) {
            return;
        }
        try {
            thread.join(CLOSE_TIMEOUT_MILLIS);
            if (thread.isAlive()) {
                LOG.error("The journal's writer did not end within {} ms; its disk hangs", CLOSE_TIMEOUT_MILLIS);
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
