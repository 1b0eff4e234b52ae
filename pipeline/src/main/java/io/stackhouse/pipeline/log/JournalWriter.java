package io.stackhouse.pipeline.log;

import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.LogPace;
import io.stackhouse.pipeline.Request;
import io.stackhouse.pipeline.log.JournalSettings.WhenFull;
import io.stackhouse.pipeline.log.Refusal.Reason;
import io.stackhouse.pipeline.log.SegmentLog.Unwritten;
import io.stackhouse.pipeline.log.WriteQueue.Waiting;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The journal's thread that answers wait for: it writes groups of requests with one sync each, and gives up what is beyond the bounds. */
final class JournalWriter implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(JournalWriter.class);
    /** Of lines that could repeat, about anything of the journal. */
    static final long LOG_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MAX_GROUP_BYTES = 16 << 20;

    private final JournalState state;
    private final SegmentLog segments;
    private final JournalKeeper keeper;
    private final JournalSettings settings;
    private final JournalMetrics metrics;
    private final Clock clock;
    private final LogPace failurePace;
    private final LogPace dropPace;

    JournalWriter(
            JournalState state,
            SegmentLog segments,
            JournalKeeper keeper,
            JournalSettings settings,
            JournalMetrics metrics,
            Clock clock) {
        this.state = state;
        this.segments = segments;
        this.keeper = keeper;
        this.settings = settings;
        this.metrics = metrics;
        this.clock = clock;
        this.failurePace = new LogPace(clock, LOG_INTERVAL_NANOS);
        this.dropPace = new LogPace(clock, LOG_INTERVAL_NANOS);
    }

    /** Runs until the journal is closed and all is written. */
    @Override
    public void run() {
        try {
            boolean isFinished = false;
            while (!isFinished) {
                List<Waiting> group = state.awaitGroup(IDLE_NANOS, MAX_GROUP_BYTES);
                if (!group.isEmpty()) {
                    write(group);
                }
                isFinished = group.isEmpty() && state.isFinished();
                dropBeyondBounds();
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
            long start = clock.nanos();
            List<SegmentLog.Place> places = segments.append(records);
            metrics.synced(clock.nanos() - start);
            metrics.appended(group.size());
            state.noteDurable(group, places);
            for (Waiting waiting : group) {
                waiting.acks.forEach(Ack::accepted);
            }
        } catch (IOException e) {
            state.noteFailed(group);
            refuse(group, e);
        }
    }

    private void refuse(List<Waiting> group, IOException cause) {
        int requests = 0;
        Refusal refusal = Refusal.of(Reason.WRITE_FAILED, "the journal can't be written: " + cause.getMessage());
        for (Waiting waiting : group) {
            requests += waiting.acks.size();
            waiting.acks.forEach(ack -> ack.refused(refusal.exception()));
        }
        metrics.refused(requests, Reason.WRITE_FAILED);
        long unsaid = failurePace.permit();
        if (unsaid >= 0) {
            LOG.error(
                    "The journal could not be written: {}; {} requests are told to come back later, and so are others until it can;"
                            + " make room on the disk, or look into its errors ({} failures since this was last said)",
                    cause.toString(),
                    requests,
                    unsaid);
        }
    }

    private static Unwritten record(Waiting waiting) {
        Request request = waiting.request;
        RecordHeader header = new RecordHeader(
                RecordHeader.LAYOUT,
                RecordHeader.code(request.signal()),
                request.wireVersion(),
                request.body().length,
                waiting.tenant.length,
                SegmentScanner.checksum(waiting.tenant, request.body()),
                waiting.sequence,
                request.receivedUnixNanos(),
                waiting.fingerprint,
                0);
        return new Unwritten(header, waiting.tenant, request.body());
    }

    private void dropBeyondBounds() {
        if (settings.whenFull() != WhenFull.DROP_OLDEST) {
            return;
        }
        while (segments.extent().bytes() > settings.maxBytes()) {
            Long end = segments.endOfOldest();
            if (end == null) {
                break;
            }
            drop(end, Reason.MAX_DISK_SIZE);
        }
        if (settings.maxAgeNanos() > 0) {
            long end = segments.endOfReceivedBefore(clock.unixNanos() - settings.maxAgeNanos());
            if (end > state.cursor()) {
                drop(end, Reason.MAX_AGE);
            }
        }
    }

    private void drop(long end, Reason reason) {
        long dropped = state.dropBelow(end);
        metrics.dropped(dropped, reason);
        keeper.deleteBelow(end);
        if (dropped == 0) {
            return;
        }
        long unsaid = dropPace.permit();
        if (unsaid >= 0) {
            LOG.error(
                    "The journal is beyond its {}; it gave up {} of its oldest requests ({} more times since this was last said)",
                    reason.label,
                    dropped,
                    unsaid);
        }
    }
}
