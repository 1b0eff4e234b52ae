package io.stackhouse.pipeline.log;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out what a journal's folder holds: where to go on, and what was sent lately. One use, one thread. */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final Storage storage;
    private final SegmentLog segments;
    private long firstToTake = Long.MAX_VALUE;

    Recovery(Storage storage, SegmentLog segments) {
        this.storage = storage;
        this.segments = segments;
    }

    /**
     * What was found.
     *
     * @param released everything below the cursor, and records that are written twice
     * @param firstToTake lowest sequence at or after the cursor that is there
     * @param nextSequence sequence of the next new record
     */
    record Found(ReleasedSequences released, long firstToTake, long nextSequence, long damagedRecords) {}

    /** Reads cursor, recent requests and every segment. */
    Found run(RecentRequests recent) throws IOException {
        long cursor = CursorFile.load(storage);
        if (!recent.load(storage)) {
            LOG.warn(
                    "The journal's list of recent requests is damaged; a request that is sent again may be stored twice");
        }
        ReleasedSequences released = new ReleasedSequences(cursor);
        Set<Fingerprint> given = new HashSet<>();
        segments.recover(cursor, header -> {
            if (header.sequence() >= cursor) {
                firstToTake = Math.min(firstToTake, header.sequence());
                if (!given.add(header.fingerprint())) {
                    // Written by a failed group, then again when its client came back.
                    released.release(header.sequence());
                }
            }
            recent.add(header.fingerprint(), header.receivedUnixNanos());
        });
        long next = segments.nextSequence();
        firstToTake = Math.min(firstToTake, next);
        released.releaseBelow(firstToTake);
        return new Found(released, firstToTake, next, segments.damagedRecords());
    }
}
