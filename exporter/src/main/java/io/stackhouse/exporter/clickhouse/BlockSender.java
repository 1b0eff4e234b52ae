package io.stackhouse.exporter.clickhouse;

import io.stackhouse.exporter.clickhouse.InsertErrors.Action;
import io.stackhouse.exporter.delivery.BackOff;
import io.stackhouse.exporter.delivery.RetryOnFailure;
import io.stackhouse.exporter.delivery.StopSignal;
import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.LogPace;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Inserts finished blocks, each until ClickHouse has it, it is put aside, or the exporter ends. Every attempt sends the same bytes under
 * the same token, so that an insert whose answer was lost is not done twice. Any thread, one for each block; they wait here.
 */
final class BlockSender {
    private static final Logger LOG = LoggerFactory.getLogger(BlockSender.class);
    static final String CLOSED = "the exporter was closed before ClickHouse took it";
    private static final long LOG_INTERVAL_NANOS = Duration.ofSeconds(30).toNanos();

    private final Consumer<Block> insert;
    private final RetryOnFailure retry;
    private final StopSignal stop;
    private final Clock clock;
    private final ExporterMetrics metrics;
    private final String destination;
    private final LogPace pace;
    private final AtomicBoolean hasWarned = new AtomicBoolean();

    /**
     * Makes one.
     *
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
        this.pace = new LogPace(clock, LOG_INTERVAL_NANOS);
    }

    /** What the sender shares with the rest of its exporter. */
    record Context(StopSignal stop, Clock clock, ExporterMetrics metrics) {}

    /** Told about each attempt that failed and will be repeated. */
    @FunctionalInterface
    interface Trouble {
        void failed(InsertFailure failure);
    }

    /** Whether the time to end has come: what is not stored yet will not be. */
    boolean isOver() {
        return stop.isPast();
    }

    /** Inserts the block; returns when it is stored, ClickHouse refuses it for good, or the exporter ends. */
    Sent send(Block block, Trouble trouble) {
        long firstNanos = clock.nanos();
        BackOff backOff = new BackOff(retry);
        for (int attempt = 1; !stop.isPast(); attempt++) {
            InsertFailure failure = attempt(block);
            if (failure == null) {
                recovered(attempt);
                return Sent.DELIVERED;
            }
            if (stop.isPast()) {
                break;
            }
            String end = end(failure, clock.nanos() - firstNanos);
            if (end != null) {
                boolean isUnwritten = failure.action() == Action.BISECT && attempt == 1;
                return new Sent(Outcome.dropped(end + ": " + failure.message()), isUnwritten);
            }
            trouble.failed(failure);
            tell(block, attempt, failure);
            metrics.retried();
            if (!pause(failure.action() == Action.STOP ? retry.maxInterval().toNanos() : backOff.nextNanos())) {
                break;
            }
        }
        return Sent.RETURNED;
    }

    /**
     * What became of a block.
     *
     * @param isUnwritten whether ClickHouse refused it before it wrote any of it
     */
    record Sent(Outcome outcome, boolean isUnwritten) {
        static final Sent DELIVERED = new Sent(Outcome.DELIVERED, false);
        static final Sent RETURNED = new Sent(Outcome.returned(CLOSED), false);
    }

    /** Why it is not tried again; null when it is. */
    private @Nullable String end(InsertFailure failure, long elapsedNanos) {
        long maxElapsedNanos = retry.maxElapsedTime().toNanos();
        if (!failure.isRetryable()) {
            return "ClickHouse will never take it";
        } else if (!retry.enabled()) {
            return "retry_on_failure is off";
        } else if (maxElapsedNanos > 0 && elapsedNanos >= maxElapsedNanos) {
            return "max_elapsed_time (" + retry.maxElapsedTime() + ") is over";
        }
        return null;
    }

    private boolean pause(long nanos) {
        try {
            stop.pause(nanos);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
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

    private void tell(Block block, int attempt, InsertFailure failure) {
        if (pace.permit() < 0) {
            return;
        }
        hasWarned.set(true);
        if (failure.action() == Action.STOP) {
            LOG.error(
                    "ClickHouse at {} can't take a {} before somebody mends this; nothing else is sent there until then: {}",
                    destination,
                    block,
                    failure.message());
        } else {
            LOG.warn(
                    "ClickHouse at {} did not take a {} (attempt {}), it will be sent again: {}",
                    destination,
                    block,
                    attempt,
                    failure.message());
        }
    }

    private void recovered(int attempts) {
        if (attempts > 1 && hasWarned.getAndSet(false)) {
            LOG.warn("ClickHouse at {} takes blocks again, after {} attempts", destination, attempts);
        }
    }
}
