package io.stackhouse.exporter.clickhouse;

import io.stackhouse.exporter.clickhouse.ClickHouseConfig.Compress;
import io.stackhouse.pipeline.batch.Origin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A block as it lies in the log, or the requests that became whole with the blocks before it, or both. Little endian; texts are a u16
 * length and UTF-8:
 *
 * <pre>
 * u16  layout, 1
 * u16  number of the newest migration that the writer knew
 *      requests, as {@link Coverage} writes them
 * u8   whether a block follows; if so
 * text table
 * u16  number of columns, then each column's name
 * text token
 * u8   compression: 0 none, 1 LZ4 frames
 * i32  bytes without compression
 * i32  rows
 * i32  length of the bytes, then the bytes
 * </pre>
 */
record BlockRecord(
        int schemaVersion, Coverage coverage, @Nullable Block block) {
    private static final short LAYOUT = 1;
    private static final int FIXED_BYTES = 64;

    static BlockRecord of(int schemaVersion, List<Origin> origins, @Nullable Block block) {
        Coverage coverage = new Coverage();
        coverage.add(origins);
        return new BlockRecord(schemaVersion, coverage, block);
    }

    byte[] write() {
        ByteBuffer requests = coverage.write().flip();
        ByteBuffer out = buffer(FIXED_BYTES + requests.limit() + (block == null ? 0 : bytes(block)));
        out.putShort(LAYOUT).putShort((short) schemaVersion).put(requests);
        out.put((byte) (block == null ? 0 : 1));
        if (block != null) {
            putText(out, block.table());
            out.putShort((short) block.columns().size());
            block.columns().forEach(column -> putText(out, column));
            putText(out, block.token());
            out.put((byte) (block.compress() == Compress.LZ4 ? 1 : 0));
            out.putInt(block.rawBytes()).putInt(block.rows()).putInt(block.bytes().length);
            out.put(block.bytes());
        }
        byte[] written = new byte[out.position()];
        out.flip().get(written);
        return written;
    }

    private static int bytes(Block block) {
        int bytes = block.bytes().length
                + 4 * (block.table().length() + block.token().length());
        for (String column : block.columns()) {
            bytes += Short.BYTES + 4 * column.length();
        }
        return bytes;
    }

    /** Throws IOException when the layout is another. */
    static BlockRecord read(byte[] record) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
        int layout = in.getShort();
        if (layout != LAYOUT) {
            throw new IOException("a block of layout " + layout + ", which this version doesn't know; start the version"
                    + " that wrote it and let it deliver what is there, or move the folder away");
        }
        int schemaVersion = in.getShort();
        Coverage coverage = new Coverage();
        coverage.read(in);
        return new BlockRecord(schemaVersion, coverage, in.get() == 0 ? null : block(in));
    }

    private static Block block(ByteBuffer in) {
        String table = text(in);
        List<String> columns = new ArrayList<>();
        for (int i = in.getShort(); i > 0; i--) {
            columns.add(text(in));
        }
        String token = text(in);
        Compress compress = in.get() == 1 ? Compress.LZ4 : Compress.NONE;
        int rawBytes = in.getInt();
        int rows = in.getInt();
        byte[] bytes = new byte[in.getInt()];
        in.get(bytes);
        return new Block(table, columns, token, bytes, compress, rawBytes, rows);
    }

    static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static void putText(ByteBuffer out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.putShort((short) bytes.length).put(bytes);
    }

    static String text(ByteBuffer in) {
        byte[] bytes = new byte[Short.toUnsignedInt(in.getShort())];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
