package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.batch.RowSlots;
import java.util.Arrays;

/**
 * Gives equal rows of a dictionary table the same index: an open-addressing table over encoded rows that lie one after the other
 * in a byte array. Nothing is allocated for a row that is known. One thread.
 */
final class RowInterner {
    private byte[] rows = new byte[4096];
    private int[] rowStart = new int[64];
    private final RowSlots slots = new RowSlots();

    /** Number of rows. */
    int count() {
        return slots.count();
    }

    void clear() {
        slots.clear();
    }

    /** The index of the row, added at the end when it is new. */
    int intern(WireWriter row) {
        int start = rowStart[count()];
        int length = row.size();
        ensureRows(start + length);
        row.copyTo(rows, start);
        int known = slots.first(hash(start, length));
        while (known >= 0) {
            if (isEqual(known, start, length)) {
                return known;
            }
            known = slots.next();
        }
        return add(start + length);
    }

    /** Writes every row as an element of the repeated field. */
    void writeTo(WireWriter out, int field) {
        for (int i = 0; i < count(); i++) {
            int length = rowStart[i + 1] - rowStart[i];
            out.lengthDelimited(field, length);
            out.raw(rows, rowStart[i], length);
        }
    }

    private int add(int end) {
        int index = slots.add();
        if (index + 1 == rowStart.length) {
            rowStart = Arrays.copyOf(rowStart, rowStart.length * 2);
        }
        rowStart[index + 1] = end;
        return index;
    }

    private boolean isEqual(int known, int start, int length) {
        return Arrays.equals(rows, rowStart[known], rowStart[known + 1], rows, start, start + length);
    }

    private int hash(int start, int length) {
        int hash = length;
        for (int i = start; i < start + length; i++) {
            hash = hash * 31 + rows[i];
        }
        return hash ^ (hash >>> 15);
    }

    private void ensureRows(int needed) {
        if (rows.length < needed) {
            rows = Arrays.copyOf(rows, Math.max(needed, rows.length * 2));
        }
    }
}
