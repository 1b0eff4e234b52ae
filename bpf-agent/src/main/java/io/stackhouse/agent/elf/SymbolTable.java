package io.stackhouse.agent.elf;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The functions of an ELF file, by address: 12 bytes each, names stay in the file.
 *
 * <p>A function is found only inside of {@code [value, value + size)}. Where functions overlap, the one that starts last wins; where several names start at one
 * address, {@link SymbolNames} chooses. Immutable. Threads: any, with a window of their own.
 *
 * <p>Layout: three parallel arrays sorted by start (unsigned, relative to the lowest executable address); the rank of the binding sits in the upper two bits of
 * the size, the choice of the string table in the upper bit of the name's offset. A file with more functions than {@link Limits#maxSymbols} is read in
 * ranges: then the table {@linkplain #covers covers} only a part of the addresses around the one that was asked for.
 */
public final class SymbolTable {
    /** A function beyond 1 GiB is not believed. */
    static final int MAX_FUNCTION_BYTES = (1 << 30) - 1;

    static final int DYNAMIC = 1 << 31;
    private static final int RANK_SHIFT = 30;
    private static final int MAX_STEPS_BACK = 64;
    private static final long BYTES_PER_SYMBOL = 12;
    private static final long OBJECT_BYTES = 160;

    private final long base;
    private final long from;
    private final long to;
    private final int[] start;
    private final int[] rankAndSize;
    private final int[] name;
    private final @Nullable SymbolSection symbols;
    private final @Nullable SymbolSection dynamicSymbols;

    /** Sorts the columns that the reader collected. The columns become this object's. */
    SymbolTable(ElfFile file, long from, long to, long[] startAndRow, int[] rankAndSize, int[] name) {
        base = file.lowestAddress();
        this.from = from;
        this.to = to;
        symbols = file.symbols();
        dynamicSymbols = file.dynamicSymbols();
        int n = startAndRow.length;
        // The start is unsigned in the upper half: flipping the sign bit makes the order of longs the order wanted.
        Arrays.sort(startAndRow);
        start = new int[n];
        this.rankAndSize = new int[n];
        this.name = new int[n];
        for (int i = 0; i < n; i++) {
            int row = (int) startAndRow[i];
            start[i] = (int) (startAndRow[i] >>> 32) ^ Integer.MIN_VALUE;
            this.rankAndSize[i] = rankAndSize[row];
            this.name[i] = name[row];
        }
    }

    /** Reads the functions around an address. The window must be attached to that file. */
    public static SymbolTable read(ElfFile file, ByteWindow window, long around, Limits limits) throws IOException {
        return new SymbolTableReader(file, window, limits).read(around);
    }

    static long startAndRow(long relativeStart, int row) {
        return ((relativeStart ^ 0x8000_0000L) << 32) | row;
    }

    static int rankAndSize(int rank, int sizeBytes) {
        return (rank << RANK_SHIFT) | sizeBytes;
    }

    public int size() {
        return start.length;
    }

    /** What this table costs in memory. */
    public long memoryBytes() {
        return OBJECT_BYTES + BYTES_PER_SYMBOL * start.length;
    }

    /** Whether this table was read for addresses such as this one; if not, another range has to be read. */
    public boolean covers(long address) {
        return address >= from && address < to;
    }

    /**
     * The row of the function that has this address, or -1. Of functions with several names it is the first row; it identifies the function within this table.
     */
    public int find(long address) {
        long relative = address - base;
        if (relative < 0 || relative > 0xffff_ffffL) {
            return -1;
        }
        int at = floor(relative);
        for (int steps = 0; at >= 0 && steps < MAX_STEPS_BACK; at--, steps++) {
            if (relative - Integer.toUnsignedLong(start[at]) < sizeBytes(at)) {
                return firstOfStart(at);
            }
        }
        return -1;
    }

    /** The name of the function that has this address, or null. */
    public @Nullable String nameAt(long address, ByteWindow window) throws IOException {
        int row = find(address);
        return row < 0 ? null : nameOf(row, address, window);
    }

    /** The best name of the function at a row that {@link #find} gave for this address. */
    public String nameOf(int row, long address, ByteWindow window) throws IOException {
        SymbolNames best = new SymbolNames();
        for (int i = row; i < start.length && start[i] == start[row] && i - row < MAX_STEPS_BACK; i++) {
            if (address - base - Integer.toUnsignedLong(start[i]) < sizeBytes(i)) {
                best.offer(rankAndSize[i] >>> RANK_SHIFT, readName(name[i], window));
            }
        }
        return best.chosen();
    }

    private String readName(int offset, ByteWindow window) throws IOException {
        SymbolSection section = (offset & DYNAMIC) != 0 ? dynamicSymbols : symbols;
        if (section == null) {
            throw new ElfFormatException("a name without its string table");
        }
        long at = section.stringsOffset() + (offset & ~DYNAMIC);
        return window.string(at, section.stringsOffset() + section.stringsBytes());
    }

    private int sizeBytes(int row) {
        return rankAndSize[row] & MAX_FUNCTION_BYTES;
    }

    private int firstOfStart(int row) {
        int first = row;
        while (first > 0 && start[first - 1] == start[row] && row - first < MAX_STEPS_BACK) {
            first--;
        }
        return first;
    }

    /** The last row that starts at or before the address. */
    private int floor(long relative) {
        int low = 0;
        int high = start.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (Integer.toUnsignedLong(start[middle]) <= relative) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    /**
     * What one table may cost.
     *
     * @param maxSymbols rows of one table, 12 bytes each and 28 while it is read
     */
    public record Limits(int maxSymbols) {
        public Limits {
            if (maxSymbols < 1) {
                throw new IllegalArgumentException("maxSymbols is " + maxSymbols + "; at least 1 is needed");
            }
        }
    }
}
