package io.stackhouse.exporter.clickhouse.block;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows of one insert as columns, encoded in ClickHouse's Native format.
 *
 * <p>One thread. A caller adds the columns once, appends one value to each column for each row, encodes, and clears; memory is
 * kept for the next block. The block sets no bound by itself: the caller looks at {@link #rows} and {@link #byteCount}.
 *
 * <p>Layout: number of columns and of rows (varints); for each column its name and its type as strings, its prefix, its values.
 */
public final class NativeBlock {
    private final List<String> names = new ArrayList<>();
    private final List<Column> columns = new ArrayList<>();

    /** Adds a column and gives it back. */
    public <C extends Column> C add(String name, C column) {
        names.add(name);
        columns.add(column);
        return column;
    }

    /** The names in the order in which the columns are encoded; good as an INSERT's column list. */
    public List<String> names() {
        return List.copyOf(names);
    }

    public int rows() {
        return columns.isEmpty() ? 0 : columns.get(0).rows();
    }

    /** About how many bytes {@link #encode} will write. */
    public long byteCount() {
        long sum = 0;
        for (int i = 0; i < columns.size(); i++) {
            sum += columns.get(i).byteCount();
        }
        return sum;
    }

    /** Writes the block; throws IllegalStateException when a column has more or fewer rows than the first. */
    public void encode(ByteSink out) {
        int rows = rows();
        out.writeVarint(columns.size());
        out.writeVarint(rows);
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            if (column.rows() != rows) {
                throw new IllegalStateException(
                        "column " + names.get(i) + " has " + column.rows() + " rows, the block has " + rows);
            }
            out.writeText(names.get(i));
            out.writeText(column.type());
            if (rows > 0) {
                column.writePrefix(out);
                column.writeValues(out);
            }
        }
    }

    /** Remembers the present rows as whole. */
    public void mark() {
        for (int i = 0; i < columns.size(); i++) {
            columns.get(i).mark();
        }
    }

    /** Drops what was appended after {@link #mark}, half rows too. */
    public void rollback() {
        for (int i = 0; i < columns.size(); i++) {
            columns.get(i).rollback();
        }
    }

    public void clear() {
        for (int i = 0; i < columns.size(); i++) {
            columns.get(i).clear();
        }
    }
}
