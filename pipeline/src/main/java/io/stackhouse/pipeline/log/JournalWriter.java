package io.stackhouse.pipeline.log;

import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.Request;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.log.SegmentLog.Unwritten;
import io.stackhouse.pipeline.log.WriteQueue.Waiting;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The journal's one thread that writes: groups of requests with one sync each, the cursor, and the deletion of old segments. */
final class JournalWriter implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(JournalWriter.class);
    private static final long CURSOR_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MAX_GROUP_BYTES = 16 << 20;

    private final JournalState state;
    private final SegmentLog segments;
    private final Storage storage;
    private final JournalSettings settings;
    private final Clock clock;
    private long savedCursor = -1;
    private long savedAtNanos;

    JournalWriter(JournalState state, SegmentLog segments, Storage storage, JournalSettings settings, Clock clock) {
        this.state = state;
        this.segments = segments;
        this.storage = storage;
        this.settings = settings;
        this.clock = clock;
        this.savedAtNanos = clock.nanos();
    }

    /** Runs until the journal is closed and all is written. */
    @Override
    public void run() {
        try {
            boolean isFinished = false;
            while (!isFinished) {
                List<Waiting> group = state.awaitGroup(CURSOR_INTERVAL_NANOS, MAX_GROUP_BYTES);
                if (!group.isEmpty()) {
                    write(group);
                }
                isFinished = group.isEmpty() && state.isFinished();
                keepHouse(isFinished);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(List<Waiting> group) {
        try {
            List<Unwritten> records = new ArrayList<>(group.size());
            for (Waiting waiting : group) {
                records.add(record(waiting));
            }
            state.noteDurable(group, segments.append(records));
            for (Waiting waiting : group) {
                waiting.acks.forEach(Ack::accepted);
            }
        } catch (IOException e) {
            LOG.error(
                    "The journal could not be written; {} requests are refused until it can: {}",
                    group.size(),
                    e.toString());
            state.noteFailed(group);
            RefusedException reason = new RefusedException(
                    "the journal can't be written: " + e.getMessage(), JournalState.RETRY_AFTER_NANOS);
            for (Waiting waiting : group) {
                waiting.acks.forEach(ack -> ack.refused(reason));
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

    /** Saves the cursor and deletes what lies below it; gives up the oldest when that is the setting and the budget is used up. */
    private void keepHouse(boolean isAtEnd) {
        try {
            dropOldestWhenFull();
            long cursor = state.cursor();
            if (cursor == savedCursor || (clock.nanos() - savedAtNanos < CURSOR_INTERVAL_NANOS && !isAtEnd)) {
                return;
            }
            CursorFile.save(storage, cursor);
            savedCursor = cursor;
            savedAtNanos = clock.nanos();
            if (segments.hasSegmentBelow(cursor)) {
                state.saveRecent(storage);
                segments.deleteBelow(cursor);
            }
        } catch (IOException e) {
            LOG.warn(
                    "The journal's cursor could not be saved; after a crash more is delivered again: {}", e.toString());
        }
    }

    private void dropOldestWhenFull() throws IOException {
        while (settings.whenFull() == JournalSettings.WhenFull.DROP_OLDEST && segments.bytes() > settings.maxBytes()) {
            Long end = segments.endOfOldest();
            if (end == null) {
                return;
            }
            state.dropBelow(end);
            LOG.error("The journal is full; it gave up its oldest requests, below sequence {}", end);
            segments.deleteBelow(end);
        }
    }
}
