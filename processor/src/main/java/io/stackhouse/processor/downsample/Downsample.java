package io.stackhouse.processor.downsample;

import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.TimedProcessor;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.SpanBatch;
import java.util.ArrayDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops rows of profiles so that expected totals stay what they were; see {@link ThresholdSampling}. Values are not changed:
 * a kept row carries its threshold, and its weight is the greater of both. The batch carries the exact totals of what it was
 * before. In a traces pipeline it only looks: see {@link NotableTraces}.
 *
 * <p>Threads and ownership as {@link TimedProcessor} has them. A batch that loses all its rows is handed on all the same. With a
 * {@code hold}, a batch that has links to traces of unknown fate waits for so long, others overtake it; when too many rows
 * wait, the oldest batch is decided about early and counted. When closed, what waits is decided about.
 */
final class Downsample implements TimedProcessor {
    private static final Logger LOG = LoggerFactory.getLogger(Downsample.class);

    private final DownsampleConfig config;
    private final NotableTraces traces;
    private final Consumer next;
    private final Clock clock;
    private final DownsampleMetrics metrics;
    private final RowDecisions decisions;
    private final long slowNanos;
    private final long holdNanos;
    private final int maxHeldRows;
    private final ArrayDeque<Held> held = new ArrayDeque<>();
    private long heldRows;

    /** @param shared what the lanes share; each holds its part of {@code max_held_rows} */
    Downsample(DownsampleConfig config, SharedBudget shared, NotableTraces traces, Consumer next, Telemetry telemetry) {
        this.config = config;
        this.traces = traces;
        this.next = next;
        this.clock = telemetry.clock();
        this.metrics = new DownsampleMetrics(telemetry);
        this.decisions = new RowDecisions(config, shared, traces, clock, metrics);
        this.slowNanos = config.traces().slow().toNanos();
        this.holdNanos = config.traces().hold().toNanos();
        this.maxHeldRows = Math.max(1, config.traces().maxHeldRows() / shared.lanes());
    }

    /** A batch that waits. */
    private record Held(ProfileBatch batch, long dueNanos) {}

    @Override
    public void start() {
        // Ready when made.
    }

    @Override
    public void accept(Batch batch) {
        metrics.incoming(batch.size());
        if (batch instanceof SpanBatch spans) {
            remember(spans);
            metrics.outgoing(batch.size());
            next.accept(batch);
        } else if (batch instanceof ProfileBatch profiles) {
            if (holdNanos > 0 && hasUndecidedTrace(profiles.dictionary())) {
                hold(profiles);
            } else {
                handOn(profiles);
            }
        }
    }

    private void remember(SpanBatch spans) {
        long forgotten = 0;
        for (SpanBatch.SpanGroup group : spans.groups()) {
            for (Span span : group.spans()) {
                if (isNotable(span) && span.getTraceId().size() == 16) {
                    var id = span.getTraceId().asReadOnlyByteBuffer();
                    forgotten += traces.add(id.getLong(), id.getLong()) ? 1 : 0;
                }
            }
        }
        metrics.forgottenTraces(forgotten);
    }

    private boolean isNotable(Span span) {
        if (config.traces().errors() && span.getStatus().getCode() == StatusCode.STATUS_CODE_ERROR) {
            return true;
        }
        return slowNanos > 0 && span.getEndTimeUnixNano() - span.getStartTimeUnixNano() >= slowNanos;
    }

    private boolean hasUndecidedTrace(Dictionary dictionary) {
        for (int link = 1; link < dictionary.linkCount(); link++) {
            long high = dictionary.linkTraceHigh(link);
            long low = dictionary.linkTraceLow(link);
            if ((high | low) != 0 && !decisions.isSampled(low) && !traces.contains(high, low)) {
                return true;
            }
        }
        return false;
    }

    private void hold(ProfileBatch batch) {
        held.add(new Held(batch, clock.nanos() + holdNanos));
        heldRows += batch.rowCount();
        while (heldRows > maxHeldRows) {
            metrics.heldEarly(held.element().batch().rowCount());
            release();
        }
    }

    @Override
    public void tick() {
        while (!held.isEmpty() && clock.nanos() - held.element().dueNanos() >= 0) {
            release();
        }
    }

    private void release() {
        ProfileBatch batch = held.remove().batch();
        heldRows -= batch.rowCount();
        try {
            handOn(batch);
        } catch (RuntimeException e) {
            // Caught here, since it is the fault of no batch that comes in now.
            lost(batch, e);
        } catch (Error e) {
            lost(batch, e);
            throw e;
        }
    }

    /** Settles first: what is never settled stays in the journal for good. */
    private static void lost(ProfileBatch batch, Throwable failure) {
        batch.receipt().dropped("a stage failed: " + failure);
        LOG.error("A batch of {} rows that waited for its traces is lost: a stage failed", batch.rowCount(), failure);
    }

    private void handOn(ProfileBatch batch) {
        decisions.sample(batch);
        metrics.outgoing(batch.rowCount());
        next.accept(batch);
    }

    @Override
    public void close() {
        while (!held.isEmpty()) {
            release();
        }
    }
}
