package io.stackhouse.processor.batch;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongHistogram;
import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.TimedProcessor;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.Receipt;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.processor.items.ItemCounts;
import java.util.List;

/**
 * Joins spans of several requests to one batch, until there are enough or they have waited long enough; and cuts batches that are too
 * large. Profiles are cut, never joined: each request has a dictionary of its own, and destinations join what they send anyway.
 *
 * <p>A batch's receipt settles those of all its requests; a request in several batches is settled with the last of them. At most
 * {@code send_batch_size} spans, and what came last with them, are held.
 *
 * <p>Threads and ownership as {@link TimedProcessor} has them. When the next one throws, the requests in that batch are dropped, and the
 * exception goes on.
 */
final class Batching implements TimedProcessor {
    private final int sendSize;
    private final int maxSize;
    private final long timeoutNanos;
    private final Consumer next;
    private final Telemetry telemetry;
    private final ItemCounts counts;
    private final LongHistogram sizes;
    private final LongCounter sizeTriggers;
    private final LongCounter timeoutTriggers;
    private final Attributes label;
    private final OpenBatch open = new OpenBatch();

    Batching(BatchConfig config, Consumer next, Telemetry telemetry) {
        this.timeoutNanos = config.timeout().toNanos();
        this.sendSize = timeoutNanos == 0 ? 0 : config.sendBatchSize();
        this.maxSize = config.sendBatchMaxSize();
        this.next = next;
        this.telemetry = telemetry;
        this.counts = new ItemCounts(telemetry);
        this.sizes = telemetry
                .meter()
                .histogramBuilder("otelcol_processor_batch_batch_send_size")
                .ofLongs()
                .setUnit("{units}")
                .setDescription("Spans or rows of a batch that was sent")
                .build();
        this.sizeTriggers = counter("otelcol_processor_batch_batch_size_trigger_send", "Batches sent for their size");
        this.timeoutTriggers = counter("otelcol_processor_batch_timeout_trigger_send", "Batches sent for their age");
        this.label = telemetry.labelled("processor");
    }

    private LongCounter counter(String name, String description) {
        return telemetry
                .meter()
                .counterBuilder(name)
                .setUnit("{times}")
                .setDescription(description)
                .build();
    }

    @Override
    public void start() {
        // Ready when made.
    }

    @Override
    public void accept(Batch batch) {
        counts.incoming(batch.size());
        if (batch instanceof ProfileBatch profiles) {
            accept(profiles);
        } else if (batch instanceof SpanBatch spans) {
            accept(spans);
        }
    }

    private void accept(ProfileBatch batch) {
        List<ProfileBatch> parts = ProfileParts.of(batch, maxSize);
        Receipt receipt = parts.size() == 1 ? batch.receipt() : Receipt.shared(batch.receipt(), parts.size());
        parts.forEach(part -> part.setReceipt(receipt));
        for (ProfileBatch part : parts) {
            int items = part.size();
            next.accept(part);
            sent(items);
        }
    }

    private void accept(SpanBatch batch) {
        int size = batch.size();
        int room = maxSize == 0 ? size : maxSize - open.spans();
        int pieces = size <= room ? 1 : 1 + (size - room + maxSize - 1) / maxSize;
        Receipt receipt = pieces == 1 ? batch.receipt() : Receipt.shared(batch.receipt(), pieces);
        int from = 0;
        for (int piece = 0; piece < pieces; piece++) {
            int to = piece == 0 ? Math.min(room, size) : Math.min(from + maxSize, size);
            open.add(batch, from, to, receipt, telemetry.clock().nanos());
            from = to;
            boolean isFull = piece < pieces - 1 || (maxSize > 0 && open.spans() >= maxSize);
            if (isFull || open.spans() >= sendSize) {
                sizeTriggers.add(1, label);
                send(open.take());
            }
        }
    }

    @Override
    public void tick() {
        if (!open.isEmpty() && telemetry.clock().nanos() - open.openedNanos() >= timeoutNanos) {
            timeoutTriggers.add(1, label);
            send(open.take());
        }
    }

    /** Hands on spans that are held, of requests that the lane doesn't know of: what fails is settled here. */
    private void send(Batch batch) {
        Receipt receipt = batch.receipt();
        int items = batch.size();
        try {
            next.accept(batch);
        } catch (RuntimeException e) {
            receipt.dropped("a stage behind " + telemetry.component() + " failed: " + e);
            throw e;
        }
        sent(items);
    }

    private void sent(int items) {
        sizes.record(items, label);
        counts.outgoing(items);
    }

    @Override
    public void close() {
        if (!open.isEmpty()) {
            send(open.take());
        }
    }
}
