package io.stackhouse.processor.batch;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongHistogram;
import io.opentelemetry.proto.trace.v1.Span;
import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.TimedProcessor;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.Receipt;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.processor.items.ItemCounts;
import java.util.ArrayList;
import java.util.List;

/**
 * Joins spans of several requests to one batch, until there are enough or they have waited long enough; and cuts batches that are too
 * large. Profiles are cut, never joined: each request has a dictionary of its own, and destinations join what they send anyway.
 *
 * <p>A batch's receipt settles those of all its requests; a request in several batches is settled with the last of them. At most
 * {@code send_batch_size} spans, or {@code send_batch_bytes}, and what came last with them, are held.
 *
 * <p>Threads and ownership as {@link TimedProcessor} has them. When the next one throws, the requests in that batch are dropped, and the
 * exception goes on.
 */
final class Batching implements TimedProcessor {
    private final int sendSize;
    private final int maxSize;
    private final long sendBytes;
    private final long maxBytes;
    private final boolean countsBytes;
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
        this.sendBytes = config.sendBatchBytes().bytes();
        this.maxBytes = config.sendBatchMaxBytes().bytes();
        this.countsBytes = sendBytes > 0 || maxBytes > 0;
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
        List<ProfileBatch> parts = ProfileParts.of(batch, maxRows(batch));
        Receipt receipt = parts.size() == 1 ? batch.receipt() : Receipt.shared(batch.receipt(), parts.size());
        parts.forEach(part -> part.setReceipt(receipt));
        for (ProfileBatch part : parts) {
            int items = part.size();
            next.accept(part);
            sent(items);
        }
    }

    /** Samples and their stacks take about the same part of the request each. */
    private int maxRows(ProfileBatch batch) {
        long bytes = batch.dictionary().wire().length;
        if (maxBytes == 0 || bytes <= maxBytes || batch.rowCount() == 0) {
            return maxSize;
        }
        long rows = Math.max(1, maxBytes * batch.rowCount() / bytes);
        return (int) (maxSize == 0 ? rows : Math.min(rows, maxSize));
    }

    private void accept(SpanBatch batch) {
        List<Piece> pieces = pieces(batch);
        Receipt receipt = pieces.size() == 1 ? batch.receipt() : Receipt.shared(batch.receipt(), pieces.size());
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            if (!fits(open.spans(), open.bytes(), piece.bytes())) {
                sendForSize();
            }
            open.add(batch, piece.from(), piece.to(), receipt, telemetry.clock().nanos());
            open.addBytes(piece.bytes());
            boolean isFull = i < pieces.size() - 1 || (maxSize > 0 && open.spans() >= maxSize);
            boolean isEnough = open.spans() >= sendSize || (sendBytes > 0 && open.bytes() >= sendBytes);
            if (isFull || isEnough) {
                sendForSize();
            }
        }
    }

    private void sendForSize() {
        sizeTriggers.add(1, label);
        send(open.take());
    }

    /** Spans of a batch that go on together: from, to (exclusive), counted over all groups. */
    private record Piece(int from, int to, long bytes) {}

    /** The first piece fills what is open, the others are batches of their own. At least one. */
    private List<Piece> pieces(SpanBatch batch) {
        List<Piece> pieces = new ArrayList<>();
        int spans = open.spans();
        long bytes = open.bytes();
        int from = 0;
        int position = 0;
        long pieceBytes = 0;
        for (SpanBatch.SpanGroup group : batch.groups()) {
            for (Span span : group.spans()) {
                long spanBytes = countsBytes ? span.getSerializedSize() : 0;
                if (!fits(spans, bytes, spanBytes)) {
                    if (position > from) {
                        pieces.add(new Piece(from, position, pieceBytes));
                    }
                    from = position;
                    spans = 0;
                    bytes = 0;
                    pieceBytes = 0;
                }
                spans++;
                bytes += spanBytes;
                pieceBytes += spanBytes;
                position++;
            }
        }
        pieces.add(new Piece(from, position, pieceBytes));
        return pieces;
    }

    /** Whether one span more, or several of so many bytes that fit together, may join those that are there. */
    private boolean fits(int spans, long bytes, long more) {
        return (maxSize == 0 || spans < maxSize) && (maxBytes == 0 || spans == 0 || bytes + more <= maxBytes);
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
        } catch (RuntimeException | Error e) {
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
