package io.stackhouse.pipeline.batch;

import java.util.Arrays;

/** Gives equal strings of bytes the same index; otherwise like {@link IntRows}. One thread. */
final class ByteRows {
    private byte[] data = new byte[1024];
    private int[] starts = new int[33];
    private final RowSlots slots = new RowSlots();

    int count() {
        return slots.count();
    }

    int start(int row) {
        return starts[row];
    }

    int length(int row) {
        return starts[row + 1] - starts[row];
    }

    /** A copy of all rows, one after the other. */
    byte[] copyOfBytes() {
        return Arrays.copyOf(data, starts[count()]);
    }

    long byteCount() {
        return starts[count()] + 28L * count();
    }

    void clear() {
        slots.clear();
    }

    int intern(byte[] bytes, int offset, int length) {
        int known = slots.first(hash(bytes, offset, length));
        while (known >= 0) {
            if (Arrays.equals(data, starts[known], starts[known + 1], bytes, offset, offset + length)) {
                return known;
            }
            known = slots.next();
        }
        return add(bytes, offset, length);
    }

    private int add(byte[] bytes, int offset, int length) {
        int row = slots.add();
        int start = starts[row];
        int end = start + length;
        if (end > data.length) {
            data = Arrays.copyOf(data, Math.max(end, data.length * 2));
        }
        if (row + 1 == starts.length) {
            starts = Arrays.copyOf(starts, row * 2 + 1);
        }
        System.arraycopy(bytes, offset, data, start, length);
        starts[row + 1] = end;
        return row;
    }

    private static int hash(byte[] bytes, int offset, int length) {
        int hash = length;
        for (int i = offset; i < offset + length; i++) {
            hash = hash * 31 + bytes[i];
        }
        hash *= 0x9e3779b9;
        return hash ^ hash >>> 15;
    }
}
