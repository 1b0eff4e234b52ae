package io.stackhouse.agent.unwind;

import io.stackhouse.agent.elf.ByteSource;
import io.stackhouse.agent.elf.ByteWindow;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Reads tables of files for tests. */
final class Tables {
    interface Body {
        void with(ByteWindow window) throws IOException;
    }

    static void open(Path file, Body body) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            body.with(new ByteWindow(1 << 16).attach(ByteSource.of(channel)));
        }
    }

    /** All rows by file offset. */
    static NavigableMap<Long, Long> rows(ByteWindow file, Machine machine) throws IOException {
        TreeMap<Long, Long> rows = new TreeMap<>();
        FrameTable table = FrameTable.read(file, machine);
        if (table != null) {
            table.rows(file, 0, file.sizeBytes(), rows::put);
        }
        return rows;
    }

    /** What the program would find in a region's blob, as unwind.h searches it. */
    static long find(int[] blob, int offsetInRegion) {
        int entry = blob[offsetInRegion >>> RegionBuilder.PAGE_SHIFT];
        int first = entry & ((1 << RegionBuilder.INDEX_ROW_BITS) - 1);
        int left = entry >>> RegionBuilder.INDEX_ROW_BITS;
        if (left == 0) {
            return Rule.OF_NOTHING;
        }
        int offset = offsetInRegion & ((1 << RegionBuilder.PAGE_SHIFT) - 1);
        while (left > 1) {
            int half = left / 2;
            first += (blob[first + half] & 0xffff) <= offset ? half : 0;
            left -= half;
        }
        int rule = RegionBuilder.PAGES + 2 * (blob[first] >>> 16);
        return (blob[rule] & 0xffff_ffffL) | (long) blob[rule + 1] << 32;
    }

    static long floor(NavigableMap<Long, Long> rows, long offset) {
        Map.Entry<Long, Long> row = rows.floorEntry(offset);
        return row == null ? Rule.OF_NOTHING : row.getValue();
    }

    private Tables() {}
}
