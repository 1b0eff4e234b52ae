package io.stackhouse.agent.process;

import java.io.IOException;
import java.util.Arrays;

/** Collects the lines of {@code /proc/PID/maps}: {@code start-end perms offset major:minor inode  path}. */
final class MappingsBuilder {
    private static final String DELETED = " (deleted)";
    /** Beyond that many stretches of data an address of data is just unknown. */
    private static final int MAX_DATA_RANGES = 512;
    /** A few paths are shared by nearly all processes. */
    private static final int SHARED_PATHS = 1024;

    private static final String[] NO_PATHS = new String[0];

    private final int maxMappings;
    private final String[] sharedPaths;
    private long[] ranges = new long[5 * 16];
    private byte[] kinds = new byte[16];
    private String[] paths = new String[16];
    private long[] data = new long[2 * 32];
    private int count;
    private int dataCount;
    private long leftOut;

    MappingsBuilder(int maxMappings) {
        this.maxMappings = maxMappings;
        sharedPaths = maxMappings == 0 ? NO_PATHS : new String[SHARED_PATHS];
    }

    /** Starts over; returns itself. */
    MappingsBuilder read(ByteLines lines) throws IOException {
        count = 0;
        dataCount = 0;
        leftOut = 0;
        while (lines.next()) {
            take(lines);
        }
        return this;
    }

    int count() {
        return count;
    }

    long leftOut() {
        return leftOut;
    }

    long[] starts() {
        return column(0);
    }

    long[] ends() {
        return column(1);
    }

    long[] fileOffsets() {
        return column(2);
    }

    long[] devices() {
        return column(3);
    }

    long[] inodes() {
        return column(4);
    }

    byte[] kinds() {
        return Arrays.copyOf(kinds, count);
    }

    String[] paths() {
        return Arrays.copyOf(paths, count);
    }

    long[] dataRanges() {
        return Arrays.copyOf(data, 2 * dataCount);
    }

    private long[] column(int column) {
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
            values[i] = ranges[5 * i + column];
        }
        return values;
    }

    private void take(ByteLines line) {
        long start = line.hex();
        if (!line.skip("-")) {
            return;
        }
        long end = line.hex();
        line.skipSpaces();
        if (line.peek(2) != 'x') {
            addData(start, end);
            return;
        }
        if (count == maxMappings) {
            leftOut++;
            return;
        }
        line.skipWord();
        long offset = line.hex();
        line.skipSpaces();
        long major = line.hex();
        line.skip(":");
        long minor = line.hex();
        line.skipSpaces();
        long inode = line.decimal();
        line.skipSpaces();
        grow();
        long[] row = {start, end, offset, (major << 20) | minor, inode};
        System.arraycopy(row, 0, ranges, 5 * count, 5);
        kinds[count] = kind(line, inode);
        paths[count++] = path(line);
    }

    private void grow() {
        if (count == kinds.length) {
            ranges = Arrays.copyOf(ranges, 2 * ranges.length);
            kinds = Arrays.copyOf(kinds, 2 * kinds.length);
            paths = Arrays.copyOf(paths, 2 * paths.length);
        }
    }

    private static byte kind(ByteLines line, long inode) {
        if (line.startsWith("[vdso]")) {
            return Mappings.VDSO;
        }
        if (line.startsWith("[v") || line.startsWith("[uprobes]")) {
            return Mappings.SPECIAL;
        }
        boolean inMemory = line.startsWith("/memfd:")
                || line.startsWith("/dev/zero")
                || line.startsWith("/SYSV")
                || line.startsWith("/anon_hugepage");
        return inode == 0 || inMemory ? Mappings.GENERATED : Mappings.FILE;
    }

    private String path(ByteLines line) {
        String path = line.rest();
        if (path.endsWith(DELETED)) {
            path = path.substring(0, path.length() - DELETED.length());
        }
        // Of all characters only a newline is written as an escape.
        path = path.indexOf('\\') < 0 ? path : path.replace("\\012", "\n");
        int slot = path.hashCode() & (sharedPaths.length - 1);
        if (!path.equals(sharedPaths[slot])) {
            sharedPaths[slot] = path;
        }
        return sharedPaths[slot];
    }

    /** Neighbours become one range. */
    private void addData(long start, long end) {
        if (dataCount > 0 && data[2 * dataCount - 1] == start) {
            data[2 * dataCount - 1] = end;
            return;
        }
        if (dataCount == MAX_DATA_RANGES) {
            return;
        }
        if (2 * dataCount == data.length) {
            data = Arrays.copyOf(data, 2 * data.length);
        }
        data[2 * dataCount] = start;
        data[2 * dataCount + 1] = end;
        dataCount++;
    }
}
