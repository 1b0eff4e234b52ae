package io.stackhouse.exporter.clickhouse;

import io.stackhouse.exporter.clickhouse.BlockSender.Sent;
import io.stackhouse.pipeline.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One shard of ClickHouse: the log of the blocks that are meant for it, and the threads that send them. A block keeps its shard. Threads:
 * {@link #start}, {@link #drain} and {@link #join} by the exporter's owner; the senders are its own.
 */
final class Shard {
    private static final Logger LOG = LoggerFactory.getLogger(Shard.class);
    private static final long PATIENCE_NANOS = 100_000_000L;
    private static final long DISK_PAUSE_MILLIS = 1_000;

    private final String name;
    private final BlockLog log;
    private final BlockSender sender;
    private final @Nullable DeadLetters deadLetters;
    private final BlockWidth width;
    private final ExporterMetrics metrics;
    private final Clock clock;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean isDraining;
    private volatile boolean areReferencesLost;

    /**
     * Makes one.
     *
     * @param name for messages and threads
     * @param deadLetters null when there is no disk: what ClickHouse will never take is lost then
     */
    Shard(String name, BlockLog log, BlockSender sender, @Nullable DeadLetters deadLetters, Shared shared) {
        this.name = name;
        this.log = log;
        this.sender = sender;
        this.deadLetters = deadLetters;
        this.width = shared.width();
        this.metrics = shared.metrics();
        this.clock = shared.clock();
    }

    /** What all shards of an exporter have in common. */
    record Shared(BlockWidth width, ExporterMetrics metrics, Clock clock) {}

    BlockLog log() {
        return log;
    }

    /** Says once that stacks or resources that were taken for stored are not. */
    boolean hasLostReferences() {
        boolean areLost = areReferencesLost;
        areReferencesLost = false;
        return areLost;
    }

    /** Begins to send with so many threads at most. */
    void start(int senders) {
        for (int i = 0; i < senders; i++) {
            Thread thread = new Thread(this::run, "sender-" + name + "-" + i);
            threads.add(thread);
            thread.start();
        }
    }

    private void run() {
        try {
            while (!sender.isOver() && !(isDraining && log.isEmpty())) {
                QueuedBlock block = log.take(PATIENCE_NANOS);
                if (block != null) {
                    send(block);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(QueuedBlock queued) throws InterruptedException {
        boolean[] isHeld = {false};
        Outcome outcome = Outcome.returned(BlockSender.CLOSED);
        metrics.begun();
        try {
            Block block = log.load(queued);
            Sent sent = sender.send(block, failure -> {
                if (!isHeld[0]) {
                    isHeld[0] = true;
                    log.hold();
                }
                log.adapt(false);
                if (failure.code() == InsertFailure.TOO_MANY_PARTS) {
                    width.widen();
                }
            });
            outcome = sent.outcome();
            log.adapt(outcome.isDelivered());
            if (outcome.isDelivered()) {
                metrics.delivered(block);
            } else if (!outcome.isReturned()) {
                putAside(block, sent);
            }
        } catch (IOException e) {
            LOG.error("Lost {} rows: a block in the log of {} can't be read back", queued.rows, name, e);
            outcome = Outcome.dropped("a block can't be read back: " + e);
        } finally {
            metrics.ended();
            log.settle(queued, outcome, isHeld[0]);
        }
    }

    /** Puts a block where a person can look at it; while that fails, it is tried again. */
    private void putAside(Block block, Sent sent) throws InterruptedException {
        metrics.lost(block);
        areReferencesLost |= block.isReference();
        DeadLetters letters = deadLetters;
        if (letters == null) {
            LOG.error("Lost a {} at {}: {}", block, name, sent.outcome().reason());
            return;
        }
        while (!sender.isOver()) {
            try {
                Path letter = letters.put(block, sent.outcome().reason(), !sent.isUnwritten(), clock.unixNanos());
                LOG.error(
                        "Put aside a {} at {}: {}; {} says how to send it again",
                        block,
                        name,
                        sent.outcome().reason(),
                        letter);
                return;
            } catch (IOException e) {
                LOG.error("Could not put aside a {}: {}", block, e.toString());
                Thread.sleep(DISK_PAUSE_MILLIS);
            }
        }
    }

    /** No block comes any more: the senders end when all are sent. */
    void drain() {
        isDraining = true;
    }

    /** Waits for the senders; says whether they have ended. */
    boolean join(long millis) throws InterruptedException {
        long deadline = System.nanoTime() + millis * 1_000_000;
        boolean haveEnded = true;
        for (Thread thread : threads) {
            thread.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
            haveEnded &= !thread.isAlive();
        }
        return haveEnded;
    }
}
