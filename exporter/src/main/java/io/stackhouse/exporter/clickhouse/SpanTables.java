package io.stackhouse.exporter.clickhouse;

import io.opentelemetry.proto.trace.v1.Span;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.batch.SpanBatch.SpanGroup;
import java.util.ArrayList;
import java.util.List;

/** The table of spans. ClickHouse fills the table of trace ids by itself. One thread. */
final class SpanTables implements TableGroup {
    private final SpanTable spans = new SpanTable();
    private final String tableName;
    private final BlockEncoder encoder;
    private final ExporterMetrics metrics;

    private List<SpanGroup> groups = List.of();
    private long receivedUnixNanos;
    private int group;
    private int firstOfGroup;
    private long movedTimestamps;

    SpanTables(String tableName, BlockEncoder encoder, ExporterMetrics metrics) {
        this.tableName = tableName;
        this.encoder = encoder;
        this.metrics = metrics;
    }

    @Override
    public int open(Batch batch) {
        groups = ((SpanBatch) batch).groups();
        receivedUnixNanos = batch.receivedUnixNanos();
        group = 0;
        firstOfGroup = 0;
        return batch.size();
    }

    @Override
    public void append(int item) {
        while (item - firstOfGroup >= groups.get(group).spans().size()) {
            firstOfGroup += groups.get(group).spans().size();
            group++;
        }
        SpanGroup current = groups.get(group);
        Span span = current.spans().get(item - firstOfGroup);
        long start = span.getStartTimeUnixNano();
        boolean isBelieved = TimeWindow.contains(start, receivedUnixNanos);
        movedTimestamps += isBelieved ? 0 : 1;
        spans.append(current, span, isBelieved ? start : receivedUnixNanos);
    }

    @Override
    public int items() {
        return spans.block.rows();
    }

    @Override
    public long byteCount() {
        return spans.block.byteCount();
    }

    @Override
    public void mark() {
        spans.block.mark();
    }

    @Override
    public void rollback() {
        spans.block.rollback();
    }

    @Override
    public List<Block> cut() {
        metrics.timestampsMoved(movedTimestamps);
        movedTimestamps = 0;
        try {
            List<Block> blocks = new ArrayList<>(1);
            encoder.addBlock(tableName, spans.block, blocks);
            return blocks;
        } finally {
            spans.block.clear();
        }
    }

    @Override
    public void kept(boolean isKept) {
        // Nothing is remembered about spans.
    }

    @Override
    public void forgetSent() {
        // Nothing is remembered about spans.
    }
}
