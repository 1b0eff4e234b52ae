package io.stackhouse.pipeline.batch;

import java.util.Arrays;

/** Gives equal strings of bytes the same index; otherwise like {@link IntRows}. One thread. */
final class ByteRows {
    private static final int INITIAL_SLOTS = 64;

    private byte[] data = new byte[1024];
    private int[] starts = new int[33];
    private int[] hashes = new int[32];
    private int[] slots = new int[INITIAL_SLOTS];
    private int count;

    int count() {
        return count;
    }

    int start(int row) {
        return starts[row];
    }

    int length(int row) {
        return starts[row + 1] - starts[row];
    }

    /** A copy of all rows, one after the other. */
    byte[] copyOfBytes() {
        return Arrays.copyOf(data, starts[count]);
    }

    long byteCount() {
        return starts[count] + 16L * count;
    }

    void clear() {
        count = 0;
        Arrays.fill(slots, 0);
    }

    int intern(byte[] bytes, int offset, int length) {
        int hash = hash(bytes, offset, length);
        int mask = slots.length - 1;
        int slot = hash & mask;
        while (slots[slot] != 0) {
            int known = slots[slot] - 1;
            if (hashes[known] == hash
                    && Arrays.equals(data, starts[known], starts[known + 1], bytes, offset, offset + length)) {
                return known;
            }
            slot = (slot + 1) & mask;
        }
        slots[slot] = count + 1;
        return add(bytes, offset, length, hash);
    }

    private int add(byte[] bytes, int offset, int length, int hash) {
        int start = starts[count];
        int end = start + length;
        if (end > data.length) {
            data = Arrays.copyOf(data, Math.max(end, data.length * 2));
        }
        if (count == hashes.length) {
            hashes = Arrays.copyOf(hashes, count * 2);
            starts = Arrays.copyOf(starts, count * 2 + 1);
        }
        System.arraycopy(bytes, offset, data, start, length);
        int index = count++;
        hashes[index] = hash;
        starts[count] = end;
        if (count * 2 > slots.length) {
            rehash();
        }
        return index;
    }

    private void rehash() {
        slots = new int[slots.length * 2];
        int mask = slots.length - 1;
        for (int i = 0; i < count; i++) {
            int slot = hashes[i] & mask;
            while (slots[slot] != 0) {
                slot = (slot + 1) & mask;
            }
            slots[slot] = i + 1;
        }
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
