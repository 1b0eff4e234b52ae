package io.stackhouse.pipeline.log;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out what a journal's folder holds: where to go on, and what was sent lately. One use, one thread. */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final Storage storage;
    private final SegmentLog segments;
    private final CursorFile cursorFile;
    private long expected;
    private long records;
    private long oldestUnixNanos = Long.MAX_VALUE;

    Recovery(Storage storage, SegmentLog segments, CursorFile cursorFile) {
        this.storage = storage;
        this.segments = segments;
        this.cursorFile = cursorFile;
    }

    /**
     * What was found.
     *
     * @param released everything below the cursor, gaps, and records that are written twice
     * @param nextSequence sequence of the next new record
     * @param oldestUnixNanos receipt of the first record that is to be given out; {@link Long#MAX_VALUE} when there is none
     * @param records whole ones in the segments, delivered or not
     */
    record Found(
            ReleasedSequences released, long nextSequence, long oldestUnixNanos, long records, long damagedRecords) {}

    /** Reads cursor, recent requests and every segment; {@code written} and {@code recent} are empty. */
    Found run(RecentRequests recent, RecentRequests written) throws IOException {
        long cursor = cursorFile.load();
        if (!recent.load(storage)) {
            LOG.warn(
                    "The journal's list of recent requests is damaged; a request that is sent again may be stored twice");
        }
        ReleasedSequences released = new ReleasedSequences(cursor);
        expected = cursor;
        segments.recover(cursor, header -> {
            records++;
            if (header.sequence() >= cursor) {
                // Damaged, or used up by a group that could not be written.
                released.release(expected, header.sequence());
                expected = header.sequence() + 1;
                if (written.contains(header.fingerprint(), header.receivedUnixNanos())) {
                    // Written by a failed group, then again when its client came back.
                    released.release(header.sequence());
                } else {
                    oldestUnixNanos = Math.min(oldestUnixNanos, header.receivedUnixNanos());
                    written.add(header.fingerprint(), header.receivedUnixNanos());
                }
            }
            recent.add(header.fingerprint(), header.receivedUnixNanos());
        });
        long next = segments.nextSequence();
        released.release(expected, next);
        return new Found(
                released, next, oldestUnixNanos, records, segments.damage().records());
    }
}
