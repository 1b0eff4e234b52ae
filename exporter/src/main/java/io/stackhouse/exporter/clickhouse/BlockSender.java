package io.stackhouse.exporter.clickhouse;

import io.stackhouse.exporter.delivery.BackOff;
import io.stackhouse.exporter.delivery.RetryOnFailure;
import io.stackhouse.exporter.delivery.StopSignal;
import io.stackhouse.pipeline.Clock;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Inserts finished blocks, one after the other, each until ClickHouse has it, says that it never will, or time is up.
 *
 * <p>One thread, which waits here. Every attempt sends the same bytes under the same token, so that an insert whose answer was
 * lost is not done twice. A block that is given up is gone; this is the place where one would be kept on disk before its first
 * attempt, and set aside after its last.
 */
final class BlockSender {
    private static final Logger LOG = LoggerFactory.getLogger(BlockSender.class);
    static final String CLOSED = "the exporter was closed before ClickHouse took it";
    private static final long WARN_INTERVAL_NANOS = Duration.ofSeconds(30).toNanos();

    private final Consumer<Block> insert;
    private final RetryOnFailure retry;
    private final StopSignal stop;
    private final Clock clock;
    private final ExporterMetrics metrics;
    private final String destination;
    private long lastWarningNanos;
    private boolean hasWarned;

    /**
     * @param destination for messages
     * @param insert throws when ClickHouse has not taken the block
     */
    BlockSender(String destination, Consumer<Block> insert, RetryOnFailure retry, Context context) {
        this.destination = destination;
        this.insert = insert;
        this.retry = retry;
        this.stop = context.stop();
        this.clock = context.clock();
        this.metrics = context.metrics();
    }

    /** What the sender shares with the rest of its exporter. */
    record Context(StopSignal stop, Clock clock, ExporterMetrics metrics) {}

    /** Whether the time to end has come: what is not stored yet will not be. */
    boolean isOver() {
        return stop.isPast();
    }

    /** Inserts the block; returns when it is stored or given up. */
    Outcome send(Block block) {
        long firstNanos = clock.nanos();
        BackOff backOff = new BackOff(retry);
        for (int attempt = 1; ; attempt++) {
            if (stop.isPast()) {
                return giveBack(block);
            }
            InsertFailure failure = attempt(block);
            if (failure == null) {
                metrics.inserted(block);
                recovered(attempt);
                return Outcome.DELIVERED;
            }
            if (stop.isPast()) {
                return giveBack(block);
            }
            if (!failure.isRetryable()) {
                return giveUp(block, "ClickHouse will never take it: " + failure.message());
            }
            if (!retry.enabled()) {
                return giveUp(block, "retry_on_failure is off: " + failure.message());
            }
            long maxElapsedNanos = retry.maxElapsedTime().toNanos();
            if (maxElapsedNanos > 0 && clock.nanos() - firstNanos >= maxElapsedNanos) {
                return giveUp(block, "max_elapsed_time (" + retry.maxElapsedTime() + ") is over: " + failure.message());
            }
            warn(block, attempt, failure);
            metrics.retried();
            try {
                stop.pause(backOff.nextNanos());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return giveUp(block, "the exporter's thread was interrupted");
            }
        }
    }

    private @Nullable InsertFailure attempt(Block block) {
        try {
            insert.accept(block);
            return null;
        } catch (RuntimeException e) {
            return InsertFailure.of(e);
        }
    }

    private Outcome giveBack(Block block) {
        LOG.warn("Did not bring a {} to {}: {}", block, destination, CLOSED);
        return Outcome.returned(CLOSED);
    }

    private Outcome giveUp(Block block, String reason) {
        LOG.error("Lost a {} at {}: {}", block, destination, reason);
        return Outcome.dropped(reason);
    }

    private void warn(Block block, int attempt, InsertFailure failure) {
        long now = clock.nanos();
        if (!hasWarned || now - lastWarningNanos >= WARN_INTERVAL_NANOS) {
            hasWarned = true;
            lastWarningNanos = now;
            LOG.warn(
                    "ClickHouse at {} did not take a {} (attempt {}), it will be sent again: {}",
                    destination,
                    block,
                    attempt,
                    failure.message());
        }
    }

    private void recovered(int attempts) {
        if (hasWarned && attempts > 1) {
            hasWarned = false;
            LOG.warn("ClickHouse at {} takes blocks again, after {} attempts", destination, attempts);
        }
    }
}
