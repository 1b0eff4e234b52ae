package io.stackhouse.exporter.clickhouse;

import io.stackhouse.exporter.clickhouse.OpenBlocks.Cut;
import io.stackhouse.exporter.delivery.StopSignal;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.Origin;
import io.stackhouse.pipeline.batch.SpanBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The exporter's thread: takes batches from the queue, fills blocks, stores those that are full or due in the log, from where the senders
 * take them. Whole batches are stored at once, in several blocks when they are large, so that a request is in the log or not.
 *
 * <p>Ends when the queue is closed and empty; whatever ends it, every receipt is settled. A batch that can't be read is given up
 * alone.
 */
final class ExportLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ExportLoop.class);

    private static final Outcome CLOSED = Outcome.returned(BlockSender.CLOSED);
    private static final long HOUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final BatchQueue queue;
    private final OpenBlocks profiles;
    private final OpenBlocks spans;
    private final Store store;
    private final StopSignal stop;
    private final ExporterMetrics metrics;
    private long lostRows;
    private long lostSpans;

    ExportLoop(BatchQueue queue, OpenBlocks profiles, OpenBlocks spans, Store store, ExporterMetrics metrics) {
        this.queue = queue;
        this.profiles = profiles;
        this.spans = spans;
        this.store = store;
        this.stop = store.stop();
        this.metrics = metrics;
    }

    @Override
    public void run() {
        try {
            store.open();
            while (!queue.isFinished() && !stop.isPast()) {
                long dueNanos = Math.min(profiles.nanosUntilDue(), spans.nanosUntilDue());
                Batch batch = queue.poll(Math.min(dueNanos, HOUSE_NANOS));
                if (batch != null) {
                    take(batch);
                }
                storeIfDue(profiles);
                storeIfDue(spans);
                store.keepHouseWhenDue();
            }
            storeOpen(profiles);
            storeOpen(spans);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            dropAll();
        }
    }

    private void take(Batch batch) throws InterruptedException {
        OpenBlocks open = batch instanceof SpanBatch ? spans : profiles;
        List<Origin> origins = batch.receipt().origins();
        if (!origins.isEmpty() && store.coversAll(origins)) {
            batch.receipt().delivered();
            return;
        }
        if (!open.hasRoomFor(batch.size())) {
            storeOpen(open);
        }
        if (store.hasLostReferences()) {
            open.tables().forgetSent();
        }
        fill(open, batch);
    }

    private void fill(OpenBlocks open, Batch batch) throws InterruptedException {
        Delivery delivery = new Delivery(batch.receipt());
        List<Cut> cuts = new ArrayList<>();
        int cutItems = 0;
        Outcome outcome = Outcome.DELIVERED;
        try {
            int items = open.open(batch);
            for (int item = 0; item < items; item++) {
                open.append(item, delivery);
                if (open.isFull()) {
                    cuts.add(open.cut());
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
        if (!cuts.isEmpty()) {
            cuts.add(open.cut());
            store(open, cuts);
        }
        delivery.release(outcome);
    }

    private void storeIfDue(OpenBlocks open) throws InterruptedException {
        if (open.nanosUntilDue() <= 0) {
            storeOpen(open);
        }
    }

    private void storeOpen(OpenBlocks open) throws InterruptedException {
        if (!open.isEmpty()) {
            store(open, List.of(open.cut()));
        }
    }

    private void store(OpenBlocks open, List<Cut> cuts) throws InterruptedException {
        List<Block> blocks = new ArrayList<>();
        List<Delivery> holders = new ArrayList<>();
        for (Cut cut : cuts) {
            if (cut.failure().isEmpty()) {
                blocks.addAll(cut.blocks());
                holders.addAll(cut.holders());
            } else {
                LOG.error("Lost {} rows: {}", cut.items(), cut.failure());
                lost(open.signal(), cut.items());
                cut.release(Outcome.dropped(cut.failure()));
            }
        }
        boolean isKept = false;
        try {
            isKept = store.keep(blocks, holders);
        } finally {
            open.tables().kept(isKept);
            if (!isKept) {
                cuts.forEach(cut -> lost(open.signal(), cut.items()));
                holders.forEach(holder -> holder.release(CLOSED));
            }
        }
    }

    private void dropAll() {
        queue.close();
        for (OpenBlocks open : List.of(profiles, spans)) {
            if (!open.isEmpty()) {
                Cut cut = open.cut();
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
