package io.stackhouse.agent.dwarf;

import io.stackhouse.agent.elf.Pace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Walks once through a unit's entries and notes, for each address asked for, the function that has it and those inlined there, outermost first. Threads: one.
 */
final class InlineScan {
    private static final int MAX_CHAIN = 64;
    private static final int MAX_DEPTH = 512;

    private final DwarfFile file;
    private final Unit unit;
    private final Abbreviations abbreviations;
    private final long[] wanted;
    private final Pace pace;
    private final List<List<Call>> chains = new ArrayList<>();

    /** A function at a place: where its name is found, and where it was called from. */
    record Call(int nameForm, long name, int linkageForm, long linkage, int originForm, long origin, long[] from) {}

    /** The addresses asked for must be sorted. */
    InlineScan(DwarfFile file, Unit unit, Abbreviations abbreviations, long[] wanted, Pace pace) {
        this.file = file;
        this.unit = unit;
        this.abbreviations = abbreviations;
        this.wanted = wanted;
        this.pace = pace;
        for (int i = 0; i < wanted.length; i++) {
            chains.add(new ArrayList<>(4));
        }
    }

    void run() throws IOException {
        DwarfCursor info = file.sections.open(".debug_info").at(unit.firstEntry);
        EntryReader entries = new EntryReader(info);
        Entry entry = new Entry();
        int depth = 0;
        int passedDepth = Integer.MAX_VALUE;
        int steps = 0;
        while (info.position() < unit.end) {
            if (!entries.read(unit, abbreviations, entry)) {
                if (--depth <= 0) {
                    return;
                }
                passedDepth = depth <= passedDepth ? Integer.MAX_VALUE : passedDepth;
                continue;
            }
            boolean isFunction = entry.tag == Dwarf.TAG_SUBPROGRAM || entry.tag == Dwarf.TAG_INLINED_SUBROUTINE;
            // Within a function that has none of the addresses nothing inlined can have one.
            if (isFunction && depth < passedDepth && !take(entry) && entry.hasChildren) {
                passedDepth = depth;
            }
            depth += entry.hasChildren ? 1 : 0;
            if (depth == 0 || depth > MAX_DEPTH) {
                return;
            }
            if (++steps % Pace.ENTRIES == 0) {
                pace.step();
            }
        }
    }

    List<Call> chain(int i) {
        return chains.get(i);
    }

    /** Whether the entry has any of the addresses. A function without addresses may hold others that have some. */
    private boolean take(Entry entry) throws IOException {
        if (entry.lowPcForm == 0 && entry.rangesForm == 0) {
            return entry.tag == Dwarf.TAG_SUBPROGRAM;
        }
        Call call = new Call(
                entry.nameForm,
                entry.name,
                entry.linkageNameForm,
                entry.linkageName,
                entry.originForm,
                entry.origin,
                entry.tag == Dwarf.TAG_SUBPROGRAM
                        ? new long[] {0, 0, 0}
                        : new long[] {entry.callFile, entry.callLine, entry.callColumn});
        boolean[] found = new boolean[1];
        boolean isFunction = entry.tag == Dwarf.TAG_SUBPROGRAM;
        file.ranges(unit, entry, (low, high) -> found[0] |= note(low, high, call, isFunction));
        return found[0];
    }

    private boolean note(long low, long high, Call call, boolean isFunction) {
        if (low <= 0 || high <= low) {
            return false;
        }
        int i = Arrays.binarySearch(wanted, low);
        boolean found = false;
        for (int k = i < 0 ? -i - 1 : i; k < wanted.length && wanted[k] < high; k++) {
            List<Call> chain = chains.get(k);
            if (isFunction) {
                chain.clear();
            }
            if (chain.size() < MAX_CHAIN) {
                chain.add(call);
            }
            found = true;
        }
        return found;
    }
}
