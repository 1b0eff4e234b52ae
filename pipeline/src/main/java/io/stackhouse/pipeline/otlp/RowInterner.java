package io.stackhouse.pipeline.otlp;

import java.util.Arrays;

/**
 * Gives equal rows of a dictionary table the same index: an open-addressing table over encoded rows that lie one after the other
 * in a byte array. Nothing is allocated for a row that is known. One thread.
 */
final class RowInterner {
    private static final int INITIAL_SLOTS = 256;

    private byte[] rows = new byte[4096];
    private int[] rowStart = new int[64];
    private int[] rowHash = new int[64];
    private int count;
    private int[] slots = new int[INITIAL_SLOTS];

    /** Number of rows. */
    int count() {
        return count;
    }

    void clear() {
        count = 0;
        Arrays.fill(slots, 0);
    }

    /** The index of the row, added at the end when it is new. */
    int intern(WireWriter row) {
        int start = count == 0 ? 0 : rowStart[count];
        int length = row.size();
        ensureRows(start + length);
        row.copyTo(rows, start);
        int hash = hash(start, length);
        int mask = slots.length - 1;
        int slot = hash & mask;
        while (slots[slot] != 0) {
            int known = slots[slot] - 1;
            if (rowHash[known] == hash && isEqual(known, start, length)) {
                return known;
            }
            slot = (slot + 1) & mask;
        }
        return add(slot, hash, start + length);
    }

    /** Writes every row as an element of the repeated field. */
    void writeTo(WireWriter out, int field) {
        for (int i = 0; i < count; i++) {
            int length = rowStart[i + 1] - rowStart[i];
            out.lengthDelimited(field, length);
            out.raw(rows, rowStart[i], length);
        }
    }

    private int add(int slot, int hash, int end) {
        int index = count++;
        if (rowStart.length < count + 1) {
            rowStart = Arrays.copyOf(rowStart, count * 2);
            rowHash = Arrays.copyOf(rowHash, count * 2);
        }
        rowStart[0] = 0;
        rowStart[count] = end;
        rowHash[index] = hash;
        slots[slot] = index + 1;
        if (count * 2 > slots.length) {
            rehash();
        }
        return index;
    }

    private void rehash() {
        slots = new int[slots.length * 2];
        int mask = slots.length - 1;
        for (int i = 0; i < count; i++) {
            int slot = rowHash[i] & mask;
            while (slots[slot] != 0) {
                slot = (slot + 1) & mask;
            }
            slots[slot] = i + 1;
        }
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
