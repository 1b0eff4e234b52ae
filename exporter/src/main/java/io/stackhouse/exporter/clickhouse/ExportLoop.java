package io.stackhouse.exporter.clickhouse;

import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.SpanBatch;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The exporter's thread: takes batches from the queue, fills blocks, sends those that are full or due.
 *
 * <p>Ends when the queue is closed and empty; whatever ends it, every receipt is settled. A batch that can't be read is given up
 * alone.
 */
final class ExportLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ExportLoop.class);

    private static final Outcome CLOSED = Outcome.returned(BlockSender.CLOSED);

    private final BatchQueue queue;
    private final OpenBlocks profiles;
    private final OpenBlocks spans;
    private final BlockSender sender;
    private final ExporterMetrics metrics;
    private long lostRows;
    private long lostSpans;

    ExportLoop(BatchQueue queue, OpenBlocks profiles, OpenBlocks spans, BlockSender sender, ExporterMetrics metrics) {
        this.queue = queue;
        this.profiles = profiles;
        this.spans = spans;
        this.sender = sender;
        this.metrics = metrics;
    }

    @Override
    public void run() {
        try {
            while (!queue.isFinished() && !sender.isOver()) {
                Batch batch = queue.poll(Math.min(profiles.nanosUntilDue(), spans.nanosUntilDue()));
                if (batch != null) {
                    take(batch);
                }
                sendIfDue(profiles);
                sendIfDue(spans);
            }
            send(profiles);
            send(spans);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            dropAll();
        }
    }

    private void take(Batch batch) {
        OpenBlocks open = batch instanceof SpanBatch ? spans : profiles;
        Delivery delivery = new Delivery(batch.receipt());
        int cutItems = 0;
        Outcome outcome = Outcome.DELIVERED;
        try {
            int items = open.open(batch);
            for (int item = 0; item < items; item++) {
                open.append(item, delivery);
                if (open.isFull()) {
                    send(open);
                    cutItems = item + 1;
                }
            }
        } catch (RuntimeException e) {
            outcome = Outcome.dropped("the batch can't be written as rows: " + e);
            int lost = Math.max(0, batch.size() - cutItems);
            LOG.error("Lost {} {} of a batch that can't be written as rows", lost, open.signal(), e);
            open.rollback(delivery, outcome);
            lost(open.signal(), lost);
        } catch (Error e) {
            delivery.release(Outcome.dropped("the exporter failed: " + e));
            throw e;
        }
        delivery.release(outcome);
    }

    private void sendIfDue(OpenBlocks open) {
        if (open.nanosUntilDue() <= 0) {
            send(open);
        }
    }

    private void send(OpenBlocks open) {
        if (open.isEmpty()) {
            return;
        }
        OpenBlocks.Cut cut = open.cut();
        Outcome outcome = Outcome.dropped("the exporter failed");
        metrics.begun();
        try {
            outcome = send(open.tables(), cut);
        } finally {
            metrics.ended();
            if (outcome.isDelivered()) {
                metrics.sent(open.signal(), cut.items());
            } else {
                lost(open.signal(), cut.items());
            }
            cut.release(outcome);
        }
    }

    /** Sends all blocks, the later ones too when an earlier one is lost: samples without their stacks still have their values. */
    private Outcome send(TableGroup tables, OpenBlocks.Cut cut) {
        if (!cut.failure().isEmpty()) {
            LOG.error("Lost {} rows: {}", cut.items(), cut.failure());
            return Outcome.dropped(cut.failure());
        }
        Outcome whole = Outcome.DELIVERED;
        for (Block block : cut.blocks()) {
            if (sender.isOver()) {
                return CLOSED;
            }
            Outcome outcome = sender.send(block);
            tables.settled(block, outcome.isDelivered());
            whole = outcome.isDelivered() ? whole : outcome;
        }
        return whole;
    }

    private void dropAll() {
        queue.close();
        for (OpenBlocks open : List.of(profiles, spans)) {
            if (!open.isEmpty()) {
                OpenBlocks.Cut cut = open.cut();
                lost(open.signal(), cut.items());
                cut.release(CLOSED);
            }
        }
        @Nullable Batch batch = queue.takeLeftOver();
        while (batch != null) {
            lost(batch instanceof SpanBatch ? Signal.TRACES : Signal.PROFILES, batch.size());
            batch.receipt().returned(CLOSED.reason());
            batch = queue.takeLeftOver();
        }
        if (lostRows + lostSpans > 0) {
            LOG.error(
                    "{} rows of profiles and {} spans were not stored, in all since the start; a journal on disk keeps what"
                            + " was only too late",
                    lostRows,
                    lostSpans);
        }
    }

    private void lost(Signal signal, long items) {
        metrics.failed(signal, items);
        if (signal == Signal.TRACES) {
            lostSpans += items;
        } else {
            lostRows += items;
        }
    }
}
