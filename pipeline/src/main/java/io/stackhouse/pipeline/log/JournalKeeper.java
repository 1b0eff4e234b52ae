package io.stackhouse.pipeline.log;

import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.LogPace;
import io.stackhouse.pipeline.log.JournalSettings.WhenFull;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal's thread that nobody waits for: once a second it saves the cursor and deletes what lies below it. A file system may take
 * long to delete, and to make names durable.
 */
final class JournalKeeper implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(JournalKeeper.class);
    private static final long INTERVAL_MILLIS = 1_000;

    private final JournalState state;
    private final SegmentLog segments;
    private final Storage storage;
    private final CursorFile cursorFile;
    private final JournalSettings settings;
    private final Clock clock;
    private final LogPace failurePace;
    private final LogPace agePace;
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile long savedCursor = -1;

    JournalKeeper(
            JournalState state,
            SegmentLog segments,
            Storage storage,
            CursorFile cursorFile,
            JournalSettings settings,
            Clock clock) {
        this.state = state;
        this.segments = segments;
        this.storage = storage;
        this.cursorFile = cursorFile;
        this.settings = settings;
        this.clock = clock;
        this.failurePace = new LogPace(clock, JournalWriter.LOG_INTERVAL_NANOS);
        this.agePace = new LogPace(clock, JournalWriter.LOG_INTERVAL_NANOS);
    }

    /** Runs until {@link #end}, and once more. */
    @Override
    public void run() {
        try {
            boolean isAtEnd = false;
            while (!isAtEnd) {
                isAtEnd = end.await(INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
                keepHouse();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The cursor that was saved last, 0 when none was; any thread. */
    long savedCursor() {
        return Math.max(0, savedCursor);
    }

    /** Any thread. */
    void end() {
        end.countDown();
    }

    /** Deletes the segments that hold nothing at or after the sequence. The writer calls it too. */
    void deleteBelow(long sequence) {
        attempt("delete old files", () -> segments.deleteBelow(sequence));
    }

    /** Saves the cursor and deletes what lies below it. Each of its parts may fail, and is tried again a second later. */
    private void keepHouse() {
        tellAge();
        long cursor = state.cursor();
        if (cursor != savedCursor) {
            attempt("save its cursor; after a crash more is delivered again", () -> {
                cursorFile.save(cursor);
                savedCursor = cursor;
            });
        }
        if (segments.hasSegmentBelow(cursor)) {
            attempt(
                    "save its list of recent requests; one that is sent again may be stored twice",
                    () -> SealedFile.save(storage, RecentRequests.FILE, state.recentContent()));
            // Also when nothing could be saved: on a full disk this is what makes room.
            deleteBelow(cursor);
        }
    }

    /** Something on disk that may fail. */
    @FunctionalInterface
    private interface Chore {
        void run() throws IOException;
    }

    private void attempt(String what, Chore chore) {
        try {
            chore.run();
        } catch (IOException e) {
            long unsaid = failurePace.permit();
            if (unsaid >= 0) {
                LOG.warn(
                        "The journal could not {}: {} ({} such failures since this was last said)",
                        what,
                        e.toString(),
                        unsaid);
            }
        }
    }

    private void tellAge() {
        if (settings.maxAgeNanos() == 0 || settings.whenFull() != WhenFull.REFUSE) {
            return;
        }
        long oldest = state.figures(0).oldestUnixNanos();
        if (oldest != Long.MAX_VALUE && clock.unixNanos() - oldest > settings.maxAgeNanos() && agePace.permit() >= 0) {
            LOG.error(
                    "The journal's oldest request was received {} s ago, more than max_age; new ones are told to come back later"
                            + " until a destination has taken it",
                    TimeUnit.NANOSECONDS.toSeconds(clock.unixNanos() - oldest));
        }
    }
}
