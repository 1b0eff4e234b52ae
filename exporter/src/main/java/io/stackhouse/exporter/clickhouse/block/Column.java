package io.stackhouse.exporter.clickhouse.block;

/**
 * One column of a {@link NativeBlock}, filled row by row. One thread. Memory is kept from block to block.
 *
 * <p>A mark is a place to come back to when what was appended after it turns out to be of no use.
 */
public interface Column {
    /** The type as ClickHouse spells it. */
    String type();

    int rows();

    /** About how many bytes {@link #writeValues} will write. */
    long byteCount();

    /** Writes what Native puts before the values of the whole column; only LowCardinality has something. */
    default void writePrefix(ByteSink out) {}

    void writeValues(ByteSink out);

    /** Remembers the present number of rows for {@link #rollback}. */
    void mark();

    /** Drops the rows appended after the last {@link #mark}. */
    void rollback();

    /** Empties the column; the mark is its begin. */
    void clear();
}
