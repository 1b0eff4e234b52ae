package io.stackhouse.agent.elf;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the functions of a file in two passes over its symbol table: count, then fill arrays of just that size. When there are too many for one table, the
 * first pass also counts them per stretch of addresses, and only the stretches around the wanted address are taken.
 */
final class SymbolTableReader {
    private static final int STRETCHES = 4096;
    /** Functions that begin before a range and reach into it. */
    private static final int MAX_CROSSING = 64;

    private static final int TYPE_NONE = 0;
    private static final int TYPE_FUNCTION = 2;
    private static final int TYPE_INDIRECT_FUNCTION = 10;
    private static final int SECTION_RESERVED = 0xff00;
    private static final int SECTION_EXTENDED = 0xffff;

    private final ElfFile file;
    private final ByteWindow window;
    private final int maxSymbols;
    private final long base;
    private final int stretchShift;
    private final int[] perStretch = new int[STRETCHES];

    private long from;
    private long to = Long.MAX_VALUE;
    private long[] startAndRow = new long[0];
    private int[] rankAndSize = new int[0];
    private int[] name = new int[0];
    private int rows;

    SymbolTableReader(ElfFile file, ByteWindow window, SymbolTable.Limits limits) {
        this.file = file;
        this.window = window;
        maxSymbols = limits.maxSymbols();
        base = file.lowestAddress();
        stretchShift = stretchShift(file, base);
    }

    SymbolTable read(long around) throws IOException {
        SymbolSection symbols = file.symbols();
        SymbolSection dynamic = file.dynamicSymbols();
        int inSymbols = count(symbols);
        int inDynamic =
                inSymbols > 0 && dynamic != null && dynamic.count() <= symbolCount(symbols) ? 0 : count(dynamic);
        if (inSymbols > 0 && inDynamic > 0 && inDynamic <= inSymbols) {
            // Whatever is exported stands in the full table too.
            uncount(dynamic);
            inDynamic = 0;
        }
        int wanted = Math.min(maxSymbols, chooseRange(around, inSymbols + inDynamic));
        int capacity = from > 0 ? wanted + MAX_CROSSING : wanted;
        startAndRow = new long[capacity];
        rankAndSize = new int[capacity];
        name = new int[capacity];
        if (inSymbols > 0) {
            fill(symbols, 0);
        }
        if (inDynamic > 0) {
            fill(dynamic, SymbolTable.DYNAMIC);
        }
        return new SymbolTable(file, from, to, Arrays.copyOf(startAndRow, rows), rankAndSize, name);
    }

    private static int symbolCount(@Nullable SymbolSection section) {
        return section == null ? 0 : section.count();
    }

    private int count(@Nullable SymbolSection section) throws IOException {
        return countPerStretch(section, 1);
    }

    private void uncount(@Nullable SymbolSection section) throws IOException {
        countPerStretch(section, -1);
    }

    private int countPerStretch(@Nullable SymbolSection section, int step) throws IOException {
        int found = 0;
        for (int i = 0; i < symbolCount(section); i++) {
            long at = entry(section, i);
            if (isFunction(section, at)) {
                perStretch[stretch(window.i64(at + 8))] += step;
                found++;
            }
        }
        return found;
    }

    /** Sets the range of addresses to take and says how many functions start there. */
    private int chooseRange(long around, int found) {
        if (found <= maxSymbols) {
            return found;
        }
        int low = around < base ? 0 : stretch(around);
        int high = low;
        int sum = perStretch[low];
        boolean grew = true;
        while (grew) {
            grew = false;
            if (low > 0 && sum + perStretch[low - 1] <= maxSymbols) {
                sum += perStretch[--low];
                grew = true;
            }
            if (high < STRETCHES - 1 && sum + perStretch[high + 1] <= maxSymbols) {
                sum += perStretch[++high];
                grew = true;
            }
        }
        from = low == 0 ? 0 : base + ((long) low << stretchShift);
        to = high == STRETCHES - 1 ? Long.MAX_VALUE : base + ((long) (high + 1) << stretchShift);
        return sum;
    }

    private void fill(@Nullable SymbolSection section, int nameFlag) throws IOException {
        for (int i = 0; i < symbolCount(section) && rows < startAndRow.length; i++) {
            long at = entry(section, i);
            if (!isFunction(section, at)) {
                continue;
            }
            long value = window.i64(at + 8);
            long size = window.i64(at + 16);
            if (value < to && value + size > from) {
                startAndRow[rows] = SymbolTable.startAndRow(value - base, rows);
                rankAndSize[rows] = SymbolTable.rankAndSize(rank(window.u8(at + 4) >> 4), (int) size);
                name[rows++] = window.i32(at) | nameFlag;
            }
        }
    }

    private static long entry(@Nullable SymbolSection section, int index) {
        return section == null ? 0 : section.offset() + (long) index * SymbolSection.ENTRY_BYTES;
    }

    private boolean isFunction(@Nullable SymbolSection section, long at) throws IOException {
        int type = window.u8(at + 4) & 0xf;
        if (section == null || (type != TYPE_FUNCTION && type != TYPE_INDIRECT_FUNCTION && type != TYPE_NONE)) {
            return false;
        }
        int where = window.u16(at + 6);
        long nameOffset = window.u32(at);
        if (where == 0 || (where >= SECTION_RESERVED && where != SECTION_EXTENDED) || nameOffset == 0) {
            return false;
        }
        long value = window.i64(at + 8);
        long size = window.i64(at + 16);
        return nameOffset <= Integer.MAX_VALUE
                && nameOffset < section.stringsBytes()
                && size > 0
                && size <= SymbolTable.MAX_FUNCTION_BYTES
                && value - base <= 0xffff_ffffL
                && file.isExecutable(value);
    }

    private static int rank(int binding) {
        if (binding == 0) {
            return SymbolNames.LOCAL;
        }
        return binding == 2 ? SymbolNames.WEAK : SymbolNames.GLOBAL;
    }

    private int stretch(long value) {
        return (int) Math.min(STRETCHES - 1, (value - base) >>> stretchShift);
    }

    private static int stretchShift(ElfFile file, long base) {
        long span = 0;
        for (int i = 0; i < file.segments(); i++) {
            span = Math.max(span, Math.min(file.segmentLimit(i) - base, 0x1_0000_0000L));
        }
        int shift = 0;
        while (span >>> shift >= STRETCHES) {
            shift++;
        }
        return shift;
    }
}
