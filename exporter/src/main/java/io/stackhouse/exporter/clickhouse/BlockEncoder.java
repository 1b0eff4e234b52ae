package io.stackhouse.exporter.clickhouse;

import io.stackhouse.exporter.clickhouse.block.ByteSink;
import io.stackhouse.exporter.clickhouse.block.NativeBlock;
import java.util.List;
import java.util.UUID;

/** Turns open blocks into finished ones, with their token. One thread. */
final class BlockEncoder {
    private final ByteSink sink = new ByteSink(1 << 16);

    /** Adds the block's rows to {@code blocks}, if it has any. */
    void addBlock(String table, NativeBlock open, List<Block> blocks) {
        int rows = open.rows();
        if (rows == 0) {
            return;
        }
        sink.clear();
        open.encode(sink);
        String token = table + ":" + UUID.randomUUID();
        blocks.add(new Block(table, open.names(), token, sink.toByteArray(), rows));
    }
}
