package io.stackhouse.exporter.clickhouse.block;

import io.stackhouse.pipeline.batch.Columns.Ints;
import java.util.HashMap;
import java.util.Map;

/**
 * A column of type LowCardinality(String), with a dictionary of its own in each block. See {@link Column} for threads.
 *
 * <p>Layout in Native: the version of the dictionary's form (UInt64, 1) before the column; then, when there are rows, the flags
 * (UInt64: width of an index in the low byte, and that the keys follow), the number of keys (UInt64), the keys as strings, the
 * number of rows (UInt64), the indices. A dictionary may hold keys that no row uses.
 */
public final class LowCardinalityColumn implements Column {
    private static final long SHARED_DICTIONARIES_WITH_ADDITIONAL_KEYS = 1;
    private static final long HAS_ADDITIONAL_KEYS = 1L << 9;
    private static final long NEED_UPDATE_DICTIONARY = 1L << 10;

    private final Map<String, Integer> indexByKey = new HashMap<>();
    private final ByteSink keys = new ByteSink(1024);
    private final Ints indices = new Ints();
    private int markedRows;

    /** The index of the text in this block's dictionary; good until {@link #clear}. */
    public int intern(String text) {
        Integer known = indexByKey.get(text);
        if (known != null) {
            return known;
        }
        int index = indexByKey.size();
        indexByKey.put(text, index);
        keys.writeText(text);
        return index;
    }

    /** Appends a text by the index that {@link #intern} gave. */
    public void appendInterned(int index) {
        indices.add(index);
    }

    public void append(String text) {
        indices.add(intern(text));
    }

    @Override
    public String type() {
        return "LowCardinality(String)";
    }

    @Override
    public int rows() {
        return indices.size();
    }

    @Override
    public long byteCount() {
        return keys.size() + (long) indices.size() * indexBytes();
    }

    @Override
    public void writePrefix(ByteSink out) {
        out.writeLong(SHARED_DICTIONARIES_WITH_ADDITIONAL_KEYS);
    }

    @Override
    public void writeValues(ByteSink out) {
        int rows = indices.size();
        if (rows == 0) {
            return;
        }
        int indexBytes = indexBytes();
        long indexType = indexBytes == 1 ? 0 : indexBytes == 2 ? 1 : 2;
        out.writeLong(indexType | HAS_ADDITIONAL_KEYS | NEED_UPDATE_DICTIONARY);
        out.writeLong(indexByKey.size());
        out.write(keys);
        out.writeLong(rows);
        writeIndices(out, indexBytes);
    }

    private void writeIndices(ByteSink out, int indexBytes) {
        int rows = indices.size();
        for (int i = 0; i < rows; i++) {
            if (indexBytes == 1) {
                out.writeByte(indices.get(i));
            } else if (indexBytes == 2) {
                out.writeShort(indices.get(i));
            } else {
                out.writeInt(indices.get(i));
            }
        }
    }

    private int indexBytes() {
        int size = indexByKey.size();
        return size <= 1 << 8 ? 1 : size <= 1 << 16 ? 2 : 4;
    }

    @Override
    public void mark() {
        markedRows = indices.size();
    }

    @Override
    public void rollback() {
        indices.truncate(Math.min(indices.size(), markedRows));
    }

    @Override
    public void clear() {
        indexByKey.clear();
        keys.clear();
        indices.truncate(0);
        markedRows = 0;
    }
}
