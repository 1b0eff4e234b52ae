package io.stackhouse.agent.dwarf;

import io.stackhouse.agent.elf.DebugSections;
import io.stackhouse.agent.elf.Pace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Lines and inlined functions of addresses of one file, out of its DWARF.
 *
 * <p>Addresses are best asked for together: each unit that has any is walked through once per call. Keeps the table of units, 20 bytes per range; nothing else.
 * Threads: one. The sections stay the caller's.
 */
public final class DwarfLines {
    private final DwarfFile file;
    private final Pace pace;
    private @Nullable UnitTable units;

    public DwarfLines(DebugSections sections, Pace pace) {
        file = new DwarfFile(sections);
        this.pace = pace;
    }

    /** Whether a file has what this reads. */
    public static boolean isIn(DebugSections sections) {
        return sections.has(".debug_info") && sections.has(".debug_abbrev") && sections.has(".debug_line");
    }

    /** An estimate. */
    public long memoryBytes() {
        return units == null ? 0 : units.memoryBytes();
    }

    /** For each address, which must be sorted, its functions, innermost first; an empty list where nothing is known. */
    public List<List<SourceLine>> resolve(long[] addresses) throws IOException {
        if (units == null) {
            units = UnitTable.read(file, pace);
        }
        Map<Long, List<Integer>> perUnit = new TreeMap<>();
        List<List<SourceLine>> result = new ArrayList<>();
        for (int i = 0; i < addresses.length; i++) {
            result.add(List.of());
            long unit = units.unitOf(addresses[i]);
            if (unit >= 0) {
                perUnit.computeIfAbsent(unit, u -> new ArrayList<>()).add(i);
            }
        }
        FunctionNames names = new FunctionNames(file, units);
        for (Map.Entry<Long, List<Integer>> entry : perUnit.entrySet()) {
            List<Integer> rows = entry.getValue();
            long[] wanted = rows.stream().mapToLong(i -> addresses[i]).toArray();
            List<List<SourceLine>> lines = resolve(names, entry.getKey(), wanted);
            for (int k = 0; k < wanted.length; k++) {
                result.set(rows.get(k), lines.get(k));
            }
        }
        return result;
    }

    private List<List<SourceLine>> resolve(FunctionNames names, long unitOffset, long[] wanted) throws IOException {
        Unit unit = names.unit(unitOffset);
        InlineScan scan = new InlineScan(file, unit, names.abbreviations(unit), wanted, pace);
        scan.run();
        LineHeader header = null;
        LineProgram program = null;
        if (unit.statements >= 0) {
            DwarfCursor in = file.sections.open(".debug_line").at(unit.statements);
            header = new LineHeader(file, unit, in);
            program = new LineProgram(header, in, unit.addressBytes, wanted, pace);
            program.run();
        }
        List<List<SourceLine>> result = new ArrayList<>();
        for (int i = 0; i < wanted.length; i++) {
            SourceLine place = place(header, program, i);
            result.add(lines(names, unit, header, scan.chain(i), place));
        }
        return result;
    }

    /** What the line table says of an address. */
    private static SourceLine place(@Nullable LineHeader header, @Nullable LineProgram program, int i) {
        if (header == null || program == null || program.file[i] < 0) {
            return new SourceLine(null, null, 0, 0);
        }
        return new SourceLine(null, header.path(program.file[i]), program.line[i], program.column[i]);
    }

    private static List<SourceLine> lines(
            FunctionNames names, Unit unit, @Nullable LineHeader header, List<InlineScan.Call> chain, SourceLine place)
            throws IOException {
        if (chain.isEmpty()) {
            return place.file() == null ? List.of() : List.of(place);
        }
        List<SourceLine> result = new ArrayList<>(chain.size());
        SourceLine at = place;
        for (int k = chain.size() - 1; k >= 0; k--) {
            InlineScan.Call call = chain.get(k);
            result.add(new SourceLine(names.nameOf(unit, call), at.file(), at.line(), at.column()));
            String path = header == null ? null : header.path(call.from()[0]);
            at = new SourceLine(null, path, bounded(call.from()[1]), bounded(call.from()[2]));
        }
        return result;
    }

    private static int bounded(long value) {
        return (int) Math.max(0, Math.min(value, Integer.MAX_VALUE));
    }
}
