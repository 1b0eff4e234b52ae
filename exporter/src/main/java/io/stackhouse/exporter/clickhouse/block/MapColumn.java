package io.stackhouse.exporter.clickhouse.block;

/**
 * A column of type Map(LowCardinality(String), String): pairs are put, then {@link #endRow} makes those put since the last call
 * one row. Keys are not checked for being put twice. See {@link Column} for threads.
 */
public final class MapColumn implements Column {
    private final LowCardinalityColumn keys = new LowCardinalityColumn();
    private final StringColumn values = new StringColumn();
    private final ByteSink offsets = new ByteSink(1024);
    private int markedBytes;

    public LowCardinalityColumn keys() {
        return keys;
    }

    public StringColumn values() {
        return values;
    }

    public void put(String key, String value) {
        keys.append(key);
        values.append(value);
    }

    public void endRow() {
        offsets.writeLong(keys.rows());
    }

    @Override
    public String type() {
        return "Map(LowCardinality(String), String)";
    }

    @Override
    public int rows() {
        return offsets.size() / Long.BYTES;
    }

    @Override
    public long byteCount() {
        return offsets.size() + keys.byteCount() + values.byteCount();
    }

    @Override
    public void writePrefix(ByteSink out) {
        keys.writePrefix(out);
    }

    @Override
    public void writeValues(ByteSink out) {
        out.write(offsets);
        keys.writeValues(out);
        values.writeValues(out);
    }

    @Override
    public void mark() {
        markedBytes = offsets.size();
        keys.mark();
        values.mark();
    }

    @Override
    public void rollback() {
        offsets.truncate(markedBytes);
        keys.rollback();
        values.rollback();
    }

    @Override
    public void clear() {
        offsets.clear();
        markedBytes = 0;
        keys.clear();
        values.clear();
    }
}
