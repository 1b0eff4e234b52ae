package io.stackhouse.pipeline.batch;

import io.opentelemetry.proto.trace.v1.Span;
import java.util.List;

/** Spans, grouped by resource and scope. See {@link Batch} for threads and ownership. */
public final class SpanBatch implements Batch {
    private List<SpanGroup> groups;
    private final long receivedUnixNanos;
    private Receipt receipt = Receipt.none();

    public SpanBatch(List<SpanGroup> groups, long receivedUnixNanos) {
        this.groups = groups;
        this.receivedUnixNanos = receivedUnixNanos;
    }

    /** Spans of one scope of one resource; groups of one resource share the Resource object. */
    public record SpanGroup(Resource resource, Scope scope, List<Span> spans) {}

    public List<SpanGroup> groups() {
        return groups;
    }

    /** Gives the batch other spans; the list before isn't changed. */
    public void setGroups(List<SpanGroup> groups) {
        this.groups = groups;
    }

    @Override
    public int size() {
        int spans = 0;
        for (SpanGroup group : groups) {
            spans += group.spans().size();
        }
        return spans;
    }

    @Override
    public long receivedUnixNanos() {
        return receivedUnixNanos;
    }

    @Override
    public Receipt receipt() {
        return receipt;
    }

    @Override
    public void setReceipt(Receipt receipt) {
        this.receipt = receipt;
    }
}
