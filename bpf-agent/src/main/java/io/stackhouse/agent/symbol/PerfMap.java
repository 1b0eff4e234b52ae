package io.stackhouse.agent.symbol;

import io.stackhouse.agent.process.ByteLines;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Names of generated code of one process, in the lines of a perf map: {@code START SIZE name}, hexadecimal numbers without 0x. Lines are appended while
 * code is generated; where code was replaced, the later line counts.
 *
 * <p>Bounded by bytes: beyond them the older half is dropped. Threads: one.
 */
final class PerfMap {
    private static final int MAX_STEPS_BACK = 16;
    private static final int ROW_BYTES = 20;

    private final FrameType type;
    private final long maxBytes;
    private long[] start = new long[0];
    private int[] size = new int[0];
    private int[] sequence = new int[0];
    private @Nullable Frame[] frame = new Frame[0];
    private NameTable names = new NameTable(0, 0);
    private int count;
    private int nextSequence;
    private boolean isSorted = true;
    private long dropped;
    private long frameBytes;

    PerfMap(FrameType type, long maxBytes) {
        this.type = type;
        this.maxBytes = maxBytes;
    }

    /** Adds the lines up to the last one that is complete; returns where in the source the next one begins. */
    long append(ByteLines lines, long position) throws IOException {
        long behind = position;
        while (lines.next() && lines.wasTerminated()) {
            behind = lines.positionAfterLine();
            take(lines);
            if (memoryBytes() > maxBytes) {
                rebuild(nextSequence - count / 2);
            }
        }
        if (!isSorted) {
            rebuild(Integer.MIN_VALUE);
        }
        return behind;
    }

    /** The frame of the function that has the address, the newest of those that do; null if none has. The same function is the same frame. */
    @Nullable
    Frame find(long address) {
        int best = -1;
        int row = floor(address);
        for (int steps = 0; row >= 0 && steps < MAX_STEPS_BACK; row--, steps++) {
            boolean covers = address - start[row] < Integer.toUnsignedLong(size[row]);
            if (covers && (best < 0 || sequence[row] > sequence[best])) {
                best = row;
            }
        }
        if (best < 0) {
            return null;
        }
        Frame known = frame[best];
        if (known == null) {
            known = new Frame(type, null, 0, GeneratedNames.parse(type, names.get(best)));
            frame[best] = known;
            frameBytes += 48 + names.length(best) * 3L;
        }
        return known;
    }

    int count() {
        return count;
    }

    long memoryBytes() {
        return (long) ROW_BYTES * start.length + names.memoryBytes() + frameBytes;
    }

    /** Rows that were dropped since the last call. */
    long takeDropped() {
        long result = dropped;
        dropped = 0;
        return result;
    }

    private void take(ByteLines line) {
        line.skip("0x");
        long from = line.hex();
        line.skipSpaces();
        line.skip("0x");
        long bytes = line.hex();
        line.skipSpaces();
        if (line.remaining() == 0 || bytes <= 0 || bytes > Integer.MAX_VALUE) {
            return;
        }
        if (count == start.length) {
            int capacity = Math.max(64, count + count / 2);
            start = Arrays.copyOf(start, capacity);
            size = Arrays.copyOf(size, capacity);
            sequence = Arrays.copyOf(sequence, capacity);
            frame = Arrays.copyOf(frame, capacity);
        }
        isSorted &= count == 0 || Long.compareUnsigned(start[count - 1], from) < 0;
        start[count] = from;
        size[count] = (int) bytes;
        frame[count] = null;
        sequence[count++] = nextSequence++;
        names.add(line);
    }

    /** Sorts by address, keeps the newest of each address, and drops what is older than a row. */
    private void rebuild(int oldestKept) {
        int[] order = IndexSort.byUnsigned(start, count);
        PerfMap sorted = new PerfMap(type, maxBytes);
        sorted.reserve(count);
        int old = 0;
        for (int i = 0; i < order.length; i++) {
            int row = order[i];
            boolean isReplaced = i + 1 < order.length && start[order[i + 1]] == start[row];
            if (sequence[row] < oldestKept) {
                old++;
            } else if (!isReplaced) {
                sorted.addRow(this, row);
            }
        }
        start = Arrays.copyOf(sorted.start, sorted.count);
        size = Arrays.copyOf(sorted.size, sorted.count);
        sequence = Arrays.copyOf(sorted.sequence, sorted.count);
        frame = Arrays.copyOf(sorted.frame, sorted.count);
        sorted.names.trim();
        names = sorted.names;
        count = sorted.count;
        dropped += old;
        isSorted = true;
    }

    private void reserve(int rows) {
        start = new long[rows];
        size = new int[rows];
        sequence = new int[rows];
        frame = new Frame[rows];
        names = new NameTable(rows, 32 * rows);
    }

    private void addRow(PerfMap from, int row) {
        start[count] = from.start[row];
        size[count] = from.size[row];
        sequence[count] = from.sequence[row];
        frame[count++] = from.frame[row];
        names.add(from.names, row);
    }

    private int floor(long address) {
        int low = 0;
        int high = count - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(start[middle], address) <= 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }
}
