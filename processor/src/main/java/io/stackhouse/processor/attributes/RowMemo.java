package io.stackhouse.processor.attributes;

import java.util.Arrays;

/** What was found out about rows of an attribute table, 0 where nothing was yet. One thread. */
final class RowMemo {
    private int[] values;

    RowMemo(int rows) {
        this.values = new int[rows];
    }

    int get(int row) {
        return row < values.length ? values[row] : 0;
    }

    void set(int row, int value) {
        if (row >= values.length) {
            values = Arrays.copyOf(values, Math.max(row + 1, values.length * 2));
        }
        values[row] = value;
    }
}
