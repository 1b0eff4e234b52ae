package io.stackhouse.agent.dwarf;

import io.stackhouse.agent.elf.ElfFormatException;
import io.stackhouse.agent.elf.Pace;
import java.io.IOException;
import java.util.Arrays;

/**
 * Which unit of .debug_info has which addresses: read once from the first entry of each unit. 24 bytes per range and 8 per unit.
 *
 * <p>Where ranges overlap, as when discarded code kept address 0, the one that starts last before the address and holds it wins. Immutable once read. Threads: one.
 */
final class UnitTable {
    private static final int MAX_UNITS = 1 << 20;
    private static final int MAX_RANGES = 1 << 20;
    private static final int MAX_STEPS_BACK = 64;

    private long[] offsets = new long[64];
    private int units;
    private long[] from = new long[256];
    private long[] to = new long[256];
    private int[] unit = new int[256];
    private int ranges;

    static UnitTable read(DwarfFile file, Pace pace) throws IOException {
        UnitTable result = new UnitTable();
        DwarfCursor info = file.sections.open(".debug_info");
        EntryReader entries = new EntryReader(info);
        long at = 0;
        Abbreviations abbreviations = new Abbreviations();
        long abbreviationsAt = -1;
        while (at + 12 <= info.sizeBytes() && result.units < MAX_UNITS) {
            Unit header = Unit.read(info.at(at));
            if (header.abbreviations != abbreviationsAt) {
                abbreviations = Abbreviations.read(file.sections.open(".debug_abbrev"), header.abbreviations);
                abbreviationsAt = header.abbreviations;
            }
            result.addUnit(at);
            Entry entry = new Entry();
            if (!header.hasTypesOnly && entries.read(header, abbreviations, entry)) {
                complete(file, header, entry);
                int number = result.units - 1;
                file.ranges(header, entry, (low, high) -> result.addRange(low, high, number));
            }
            at = header.end;
            if (result.units % 64 == 0) {
                pace.step();
            }
        }
        result.sort();
        return result;
    }

    /** Takes into the unit what its first entry says. */
    static void complete(DwarfFile file, Unit unit, Entry first) throws IOException {
        unit.addressBase = first.addressBase >= 0 ? first.addressBase : unit.addressBase;
        unit.stringOffsetsBase = first.stringOffsetsBase >= 0 ? first.stringOffsetsBase : unit.stringOffsetsBase;
        unit.rangeListsBase = first.rangeListsBase >= 0 ? first.rangeListsBase : unit.rangeListsBase;
        unit.statements = first.statements;
        unit.lowPc = first.lowPcForm == 0 ? 0 : file.address(unit, first.lowPcForm, first.lowPc);
        unit.directory = first.directoryForm == 0 ? null : file.text(unit, first.directoryForm, first.directory);
    }

    /** Where the unit with the address begins; -1 if there is none. */
    long unitOf(long address) {
        int at = floor(from, ranges, address);
        for (int steps = 0; at >= 0 && steps < MAX_STEPS_BACK; at--, steps++) {
            if (address < to[at]) {
                return offsets[unit[at]];
            }
        }
        return -1;
    }

    /** The unit that has this place of .debug_info. */
    long unitAt(long infoOffset) throws IOException {
        int at = floor(offsets, units, infoOffset);
        if (at < 0) {
            throw new ElfFormatException("no unit has the entry at " + infoOffset);
        }
        return offsets[at];
    }

    long memoryBytes() {
        return 8L * offsets.length + 20L * from.length;
    }

    private void addUnit(long offset) {
        if (units == offsets.length) {
            offsets = Arrays.copyOf(offsets, 2 * units);
        }
        offsets[units++] = offset;
    }

    private void addRange(long low, long high, int number) throws IOException {
        if (Long.compareUnsigned(low, high) >= 0 || low < 0 || high < 0 || low == 0) {
            return;
        }
        if (ranges == from.length) {
            if (ranges >= MAX_RANGES) {
                throw new ElfFormatException("more than " + MAX_RANGES + " ranges of units");
            }
            from = Arrays.copyOf(from, 2 * ranges);
            to = Arrays.copyOf(to, 2 * ranges);
            unit = Arrays.copyOf(unit, 2 * ranges);
        }
        from[ranges] = low;
        to[ranges] = high;
        unit[ranges++] = number;
    }

    private void sort() {
        Integer[] order = new Integer[ranges];
        Arrays.setAll(order, i -> i);
        long[] oldFrom = from;
        Arrays.sort(order, (a, b) -> Long.compare(oldFrom[a], oldFrom[b]));
        long[] sortedFrom = new long[ranges];
        long[] sortedTo = new long[ranges];
        int[] sortedUnit = new int[ranges];
        for (int i = 0; i < ranges; i++) {
            sortedFrom[i] = from[order[i]];
            sortedTo[i] = to[order[i]];
            sortedUnit[i] = unit[order[i]];
        }
        from = sortedFrom;
        to = sortedTo;
        unit = sortedUnit;
        offsets = Arrays.copyOf(offsets, units);
    }

    private static int floor(long[] starts, int count, long wanted) {
        int low = 0;
        int high = count - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (starts[middle] <= wanted) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }
}
