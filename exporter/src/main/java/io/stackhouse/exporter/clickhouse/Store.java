package io.stackhouse.exporter.clickhouse;

import io.stackhouse.exporter.delivery.StopSignal;
import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.LogPace;
import io.stackhouse.pipeline.batch.Origin;
import io.stackhouse.pipeline.log.FolderInUseException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts finished blocks into the log of their shard, and waits when it is full or its disk is. One thread, the exporter's; {@link #coversAll} by
 * any.
 */
final class Store {
    private static final Logger LOG = LoggerFactory.getLogger(Store.class);
    private static final long PAUSE_NANOS = Duration.ofMillis(50).toNanos();
    private static final long HOUSE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long LOG_INTERVAL_NANOS = Duration.ofSeconds(30).toNanos();

    private final Shard shard;
    private final long maxBytes;
    private final StopSignal stop;
    private final Clock clock;
    private final LogPace fullPace;
    private final LogPace failurePace;
    private volatile boolean isOpen;
    private long keptHouseNanos;

    /** @param maxBytes of the log on disk; in memory the journal's budget is the bound */
    Store(Shard shard, long maxBytes, StopSignal stop, Clock clock) {
        this.shard = shard;
        this.maxBytes = maxBytes;
        this.stop = stop;
        this.clock = clock;
        this.fullPace = new LogPace(clock, LOG_INTERVAL_NANOS);
        this.failurePace = new LogPace(clock, LOG_INTERVAL_NANOS);
        this.keptHouseNanos = clock.nanos();
    }

    StopSignal stop() {
        return stop;
    }

    /** Opens the log; says false when the exporter before a reload still has it. */
    boolean tryOpen() throws IOException {
        if (isOpen) {
            return true;
        }
        try {
            shard.log().open();
            isOpen = true;
            return true;
        } catch (FolderInUseException e) {
            return false;
        }
    }

    /** Waits until the log is open. */
    void open() throws InterruptedException {
        try {
            while (!tryOpen() && !stop.isPast()) {
                stop.pause(PAUSE_NANOS);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the block log can't be opened", e);
        }
    }

    /** Whether all of the requests are in the log, or were. */
    boolean coversAll(List<Origin> origins) {
        for (Origin origin : origins) {
            if (!isOpen || !shard.log().covers(origin)) {
                return false;
            }
        }
        return true;
    }

    boolean hasLostReferences() {
        return shard.hasLostReferences();
    }

    /** Keeps the blocks, and settles those whose rows they hold as it promises; false when the exporter ends before. */
    boolean keep(List<Block> blocks, List<Delivery> holders) throws InterruptedException {
        BlockLog log = shard.log();
        if (blocks.isEmpty()) {
            holders.forEach(holder -> holder.release(Outcome.DELIVERED));
            return true;
        }
        if (!log.isOnDisk()) {
            log.keep(blocks, new Commit(holders, blocks.size()));
            return true;
        }
        List<Origin> origins = new ArrayList<>();
        holders.forEach(holder -> origins.addAll(holder.origins()));
        if (!append(log, blocks, origins)) {
            return false;
        }
        holders.forEach(holder -> holder.release(Outcome.DELIVERED));
        return true;
    }

    /** Appends; while there is no room, in the budget or on the disk, it waits, and the journal holds what comes. */
    private boolean append(BlockLog log, List<Block> blocks, List<Origin> origins) throws InterruptedException {
        while (!stop.isPast()) {
            if (log.bytes() >= maxBytes) {
                fullPace.tell(unsaid -> LOG.warn(
                        "The block log has used up its {} bytes (block_log::max_size); what comes waits in the journal",
                        maxBytes));
            } else {
                try {
                    log.append(blocks, origins);
                    return true;
                } catch (IOException e) {
                    failurePace.tell(unsaid -> LOG.error(
                            "The block log can't be written; it is tried again, and what comes waits in the journal: {}",
                            e.toString()));
                }
            }
            stop.pause(PAUSE_NANOS);
            keepHouseWhenDue();
        }
        return false;
    }

    void keepHouseWhenDue() {
        long now = clock.nanos();
        if (now - keptHouseNanos >= HOUSE_NANOS) {
            keptHouseNanos = now;
            shard.log().keepHouse();
        }
    }
}
