package io.stackhouse.exporter.clickhouse.block;

/**
 * A column of type Array: elements are appended to {@link #element}, then {@link #endRow} makes those appended since the last
 * call one row. See {@link Column} for threads.
 *
 * @param <E> the elements' column
 */
public final class ArrayColumn<E extends Column> implements Column {
    private final E element;
    private final ByteSink offsets = new ByteSink(1024);
    private int markedBytes;

    public ArrayColumn(E element) {
        this.element = element;
    }

    public E element() {
        return element;
    }

    public void endRow() {
        offsets.writeLong(element.rows());
    }

    @Override
    public String type() {
        return "Array(" + element.type() + ")";
    }

    @Override
    public int rows() {
        return offsets.size() / Long.BYTES;
    }

    @Override
    public long byteCount() {
        return offsets.size() + element.byteCount();
    }

    @Override
    public void writePrefix(ByteSink out) {
        element.writePrefix(out);
    }

    @Override
    public void writeValues(ByteSink out) {
        out.write(offsets);
        element.writeValues(out);
    }

    @Override
    public void mark() {
        markedBytes = offsets.size();
        element.mark();
    }

    @Override
    public void rollback() {
        offsets.truncate(markedBytes);
        element.rollback();
    }

    @Override
    public void clear() {
        offsets.clear();
        markedBytes = 0;
        element.clear();
    }
}
