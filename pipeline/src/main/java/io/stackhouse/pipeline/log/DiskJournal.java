package io.stackhouse.pipeline.log;

import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.Request;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.memory.MemoryLease;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
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
 * <p>Threads: as {@link Journal} says; its two threads, of the writer and the keeper, are its own.
 */
public final class DiskJournal implements Journal {
    private static final Logger LOG = LoggerFactory.getLogger(DiskJournal.class);
    private static final String IDENTITY_FILE = "identity";
    private static final long CLOSE_TIMEOUT_MILLIS = 5_000;

    private final Storage storage;
    private final String name;
    private final BatchDecoder decoder;
    private final JournalSettings settings;
    private final Clock clock;
    private final SegmentLog segments;
    private final CursorFile cursorFile;
    private final JournalMetrics metrics;
    private final JournalState state;
    private final JournalKeeper keeper;
    private final JournalWriter writer;
    private final RecordReader reader;
    private final Object againLock = new Object();
    private @Nullable RecordReader againReader;
    private long lastAgain = -1;
    private @Nullable String identity;
    private @Nullable Thread writerThread;
    private @Nullable Thread keeperThread;

    /** A journal in a folder, made when absent; {@link #start} recovers what is in it. */
    public static DiskJournal of(Path folder, JournalSettings settings, BatchDecoder decoder, Telemetry telemetry) {
        return new DiskJournal(new FolderStorage(folder), folder.toString(), settings, decoder, telemetry);
    }

    DiskJournal(Storage storage, String name, JournalSettings settings, BatchDecoder decoder, Telemetry telemetry) {
        this.storage = storage;
        this.name = name;
        this.decoder = decoder;
        this.settings = settings;
        this.clock = telemetry.clock();
        this.segments = new SegmentLog(storage, settings);
        this.cursorFile = new CursorFile(storage);
        this.metrics = new JournalMetrics(telemetry);
        this.state = new JournalState(settings, metrics);
        this.keeper = new JournalKeeper(state, segments, storage, cursorFile, settings, clock);
        this.writer = new JournalWriter(state, segments, keeper, settings, metrics, clock);
        this.reader = new RecordReader(segments);
    }

    /** Throws IllegalStateException with what to do when the folder can't be used. */
    @Override
    public void start() {
        try {
            storage.claim();
            recover();
        } catch (IOException e) {
            throw new IllegalStateException("the journal in " + name + " can't be opened: " + e.getMessage(), e);
        }
        writerThread = started(writer, "journal-writer");
        keeperThread = started(keeper, "journal-keeper");
    }

    private static Thread started(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.start();
        return thread;
    }

    private void recover() throws IOException {
        long start = clock.nanos();
        boolean hadCursor = storage.list().contains(CursorFile.FILE);
        Recovery.Found found = state.recover(new Recovery(storage, segments, cursorFile));
        long nanos = clock.nanos() - start;
        long bytes = segments.extent().bytes();
        identity = identity(found.records() == 0 && !hadCursor);
        metrics.damaged(found.damagedRecords());
        metrics.recovered(found.records(), bytes, nanos);
        metrics.observe(this::figures, settings.maxMemoryBytes(), settings.maxBytes());
        LOG.info(
                "The journal in {} has {} requests to deliver; {} bytes were read in {} ms",
                name,
                figures().records(),
                bytes,
                TimeUnit.NANOSECONDS.toMillis(nanos));
    }

    /** The saved one; a new one when the sequences begin anew. Null when it can't be saved: then nobody may rely on it. */
    private @Nullable String identity(boolean isNew) {
        try {
            ByteBuffer saved = isNew ? null : SealedFile.load(storage, IDENTITY_FILE);
            if (saved != null) {
                return StandardCharsets.UTF_8.decode(saved).toString();
            }
            String made = UUID.randomUUID().toString();
            ByteBuffer content = StandardCharsets.UTF_8.encode(made);
            SealedFile.save(storage, IDENTITY_FILE, content.position(content.limit()));
            return made;
        } catch (IOException e) {
            LOG.warn(
                    "The journal in {} could not save its identity; after a crash destinations may get again what they have: {}",
                    name,
                    e.toString());
            return null;
        }
    }

    @Override
    public @Nullable String identity() {
        return identity;
    }

    @Override
    public long floor() {
        return keeper.savedCursor();
    }

    @Override
    public JournalFigures figures() {
        return state.figures(segments.extent().bytes());
    }

    @Override
    public void append(Request request, Ack ack) {
        Offer offer = state.offer(request, Fingerprint.of(request), ack, segments.extent());
        if (offer instanceof Offer.Duplicate) {
            ack.accepted();
        } else if (offer instanceof Offer.Refused refused) {
            metrics.refused(1, refused.refusal().reason());
            ack.refused(refused.refusal().exception());
        }
    }

    @Override
    public @Nullable Entry take() throws InterruptedException {
        while (true) {
            NextEntry next = state.awaitNext();
            if (next instanceof NextEntry.InMemory found) {
                reader.goTo(found.kept().place());
                return found.kept().entry();
            }
            if (!(next instanceof NextEntry.OnDisk wanted)) {
                return null;
            }
            Entry entry = readBack(wanted);
            if (entry != null) {
                return entry;
            }
        }
    }

    /** Reads the next record from disk; null when there was none, or none that is wanted. */
    private @Nullable Entry readBack(NextEntry.OnDisk wanted) {
        try {
            SegmentScanner.Found found = reader.next(wanted.sequence());
            if (found == null) {
                state.skip(wanted.sequence(), wanted.durableEnd());
                return null;
            }
            state.skip(wanted.sequence(), found.header().sequence());
            return state.isWanted(found.header().sequence()) ? decoded(found) : null;
        } catch (IOException e) {
            LOG.error("A record of the journal can't be read; it is lost: {}", e.toString());
            state.skip(wanted.sequence(), wanted.sequence() + 1);
            return null;
        }
    }

    private @Nullable Entry decoded(SegmentScanner.Found found) {
        RecordHeader header = found.header();
        try {
            Entry entry = new Entry(header.sequence(), request(found));
            state.claim(entry);
            return entry;
        } catch (RejectedException e) {
            LOG.error("A record of the journal can't be decoded any more; it is lost: {}", e.getMessage());
            state.skip(header.sequence(), header.sequence() + 1);
            return null;
        }
    }

    private Request request(SegmentScanner.Found found) throws RejectedException {
        RecordHeader header = found.header();
        Signal signal = header.signal() == RecordHeader.PROFILES ? Signal.PROFILES : Signal.TRACES;
        byte[] body = found.body();
        try (MemoryLease memory = MemoryLease.counting()) {
            Batch batch = decoder.decode(signal, header.wireVersion(), body, header.receivedUnixNanos(), memory);
            return new Request(
                    signal,
                    header.wireVersion(),
                    body,
                    batch,
                    header.receivedUnixNanos(),
                    found.tenant(),
                    body.length + memory.bytes());
        }
    }

    @Override
    public void release(long sequence) {
        state.release(sequence);
    }

    @Override
    public boolean letGo(long sequence) {
        state.noteBytes(sequence, 0);
        return true;
    }

    @Override
    public @Nullable Entry again(long sequence) {
        synchronized (againLock) {
            RecordReader again = againReader;
            if (again == null || sequence <= lastAgain) {
                again = new RecordReader(segments);
                againReader = again;
            }
            lastAgain = sequence;
            try {
                SegmentScanner.Found found = again.next(sequence);
                if (found == null || found.header().sequence() != sequence) {
                    LOG.error("Record {} of the journal is not there any more; it is lost", sequence);
                    return null;
                }
                Request request = request(found);
                state.noteBytes(sequence, request.memoryBytes());
                return new Entry(sequence, request);
            } catch (IOException | RejectedException e) {
                LOG.error("Record {} of the journal can't be read back; it is lost: {}", sequence, e.toString());
                return null;
            }
        }
    }

    @Override
    public long pendingBytes() {
        return figures().memoryBytes();
    }

    /** Bytes of the segments on disk. */
    public long diskBytes() {
        return segments.extent().bytes();
    }

    /** Records that could not be read back since the start: damage on disk. */
    public long damagedRecords() {
        return metrics.damaged();
    }

    /** Records that were given up because the budget was used up. */
    public long droppedRecords() {
        return metrics.dropped();
    }

    /** Requests that were answered and not stored, since an equal one was stored before. */
    public long duplicateRequests() {
        return metrics.duplicates();
    }

    @Override
    public void seal() {
        state.seal();
    }

    @Override
    public void close() {
        if (!state.close()) {
            return;
        }
        try {
            Thread writing = writerThread;
            Thread keeping = keeperThread;
            if (writing != null && keeping != null) {
                join(writing);
                keeper.end();
                join(keeping);
                SealedFile.save(storage, RecentRequests.FILE, state.recentContent());
            }
        } catch (IOException e) {
            LOG.warn("The journal could not save its list of recent requests: {}", e.toString());
        }
        metrics.close();
        try {
            cursorFile.close();
            segments.close();
        } catch (IOException e) {
            LOG.warn("The journal was not closed cleanly: {}", e.toString());
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join(CLOSE_TIMEOUT_MILLIS);
            if (thread.isAlive()) {
                LOG.error("{} did not end within {} ms; its disk hangs", thread.getName(), CLOSE_TIMEOUT_MILLIS);
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
