package io.stackhouse.exporter.clickhouse;

import io.stackhouse.exporter.clickhouse.ClickHouseConfig.Compress;
import io.stackhouse.exporter.clickhouse.block.ByteSink;
import io.stackhouse.exporter.clickhouse.block.NativeBlock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.UUID;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG;

/**
 * Turns open blocks into finished ones: encoded, compressed, with their token. One thread.
 *
 * <p>Compression is done here, once for all attempts. The client's own LZ4 stream fails on bytes that don't get smaller, such as
 * columns of hashes: it leaves no room for what LZ4 adds to them.
 */
final class BlockEncoder {
    private final Compress compress;
    private final ByteSink sink = new ByteSink(1 << 16);

    BlockEncoder(Compress compress) {
        this.compress = compress;
    }

    /** Adds the block's rows to {@code blocks}, if it has any. */
    void addBlock(String table, NativeBlock open, List<Block> blocks) {
        int rows = open.rows();
        if (rows == 0) {
            return;
        }
        sink.clear();
        open.encode(sink);
        byte[] bytes = compress == Compress.LZ4 ? lz4() : sink.toByteArray();
        String token = table + ":" + UUID.randomUUID();
        blocks.add(new Block(table, open.names(), token, bytes, compress, sink.size(), rows));
    }

    private byte[] lz4() {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream(sink.size() / 2 + 64);
        try (LZ4FrameOutputStream out =
                new LZ4FrameOutputStream(compressed, BLOCKSIZE.SIZE_256KB, FLG.Bits.BLOCK_INDEPENDENCE)) {
            sink.copyTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail to be written", e);
        }
        return compressed.toByteArray();
    }
}
