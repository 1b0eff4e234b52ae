package io.stackhouse.agent.symbol;

import io.stackhouse.agent.process.ByteLines;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Names one behind the other in one array: row i stands from {@code end[i - 1]} to {@code end[i]}. Threads: one. */
final class NameTable {
    static final int MAX_NAME_BYTES = 1024;

    private byte[] bytes;
    private int[] end;
    private int count;

    NameTable(int expectedNames, int expectedBytes) {
        end = new int[expectedNames];
        bytes = new byte[expectedBytes];
    }

    int count() {
        return count;
    }

    long memoryBytes() {
        return bytes.length + 4L * end.length;
    }

    /** Adds what is left of a line, up to 1024 bytes of it. */
    void add(ByteLines line) {
        int start = reserve(line.remaining());
        end[count++] = start + line.copyRest(bytes, start, MAX_NAME_BYTES);
    }

    /** Adds a row of another table. */
    void add(NameTable other, int row) {
        int length = other.length(row);
        int start = reserve(length);
        System.arraycopy(other.bytes, other.start(row), bytes, start, length);
        end[count++] = start + length;
    }

    String get(int row) {
        return new String(bytes, start(row), length(row), StandardCharsets.UTF_8);
    }

    int length(int row) {
        return end[row] - start(row);
    }

    /** Gives back what was reserved but is not used. */
    void trim() {
        bytes = Arrays.copyOf(bytes, count == 0 ? 0 : end[count - 1]);
        end = Arrays.copyOf(end, count);
    }

    private int start(int row) {
        return row == 0 ? 0 : end[row - 1];
    }

    private int reserve(int wanted) {
        int start = count == 0 ? 0 : end[count - 1];
        int needed = start + Math.min(wanted, MAX_NAME_BYTES);
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, bytes.length + bytes.length / 2));
        }
        if (count == end.length) {
            end = Arrays.copyOf(end, Math.max(16, end.length + end.length / 2));
        }
        return start;
    }
}
