package io.stackhouse.processor.batch;

import io.opentelemetry.proto.trace.v1.Span;
import io.stackhouse.pipeline.batch.Receipt;
import io.stackhouse.pipeline.batch.Resource;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.batch.SpanBatch.SpanGroup;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/** Spans of several requests that will be one batch. One thread. */
final class OpenBatch {
    private final List<SpanGroup> groups = new ArrayList<>();
    private final List<Receipt> receipts = new ArrayList<>();
    private int spans;
    private long bytes;
    private long receivedUnixNanos;
    private long openedNanos;

    boolean isEmpty() {
        return receipts.isEmpty();
    }

    int spans() {
        return spans;
    }

    /** Of the spans, where bytes count. */
    long bytes() {
        return bytes;
    }

    void addBytes(long more) {
        bytes += more;
    }

    /** When the first of the spans came, by the clock's monotonic time. */
    long openedNanos() {
        return openedNanos;
    }

    /**
     * Adds some of a batch's spans.
     *
     * @param from the first of them, counted over all groups
     * @param to the one behind the last
     * @param receipt is told what becomes of them
     */
    void add(SpanBatch batch, int from, int to, Receipt receipt, long nowNanos) {
        if (isEmpty()) {
            openedNanos = nowNanos;
            receivedUnixNanos = batch.receivedUnixNanos();
        }
        receivedUnixNanos = Math.min(receivedUnixNanos, batch.receivedUnixNanos());
        receipts.add(receipt);
        spans += to - from;
        // Spans before those here are in another batch, and later stages change resources in place.
        IdentityHashMap<Resource, Resource> copies = new IdentityHashMap<>();
        int start = 0;
        for (SpanGroup group : batch.groups()) {
            int end = start + group.spans().size();
            int first = Math.max(from, start);
            int last = Math.min(to, end);
            if (first < last) {
                List<Span> some = group.spans().subList(first - start, last - start);
                Resource resource =
                        from == 0 ? group.resource() : copies.computeIfAbsent(group.resource(), Resource::copy);
                groups.add(new SpanGroup(resource, group.scope(), some));
            }
            start = end;
        }
    }

    /** What was added as one batch; there is nothing open then. */
    SpanBatch take() {
        SpanBatch batch = new SpanBatch(List.copyOf(groups), receivedUnixNanos);
        batch.setReceipt(Receipt.all(receipts));
        groups.clear();
        receipts.clear();
        spans = 0;
        bytes = 0;
        return batch;
    }
}
