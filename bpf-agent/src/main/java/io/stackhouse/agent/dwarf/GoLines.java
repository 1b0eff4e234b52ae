package io.stackhouse.agent.dwarf;

import io.stackhouse.agent.elf.ByteWindow;
import io.stackhouse.agent.elf.DebugSections;
import io.stackhouse.agent.elf.ElfFormatException;
import io.stackhouse.agent.elf.Pace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Functions, files and lines of Go programs from {@code .gopclntab}, which stripped ones have too. Layouts of Go 1.18 (magic 0xfffffff0) and 1.20 (0xfffffff1); others give nothing.
 *
 * <p>Header: {@code magic u32, 0, 0, quantum u8, pointer bytes u8, functions, files, text start, name offset, file offsets, files, pc tables, functions} (all of pointer size). The table of
 * functions has pairs of u32, relative to the start of the text and of itself. Functions inlined by the compiler show as the function that they were inlined into. Keeps nothing but the
 * header. Threads: one.
 */
public final class GoLines {
    private static final int MAGIC_1_18 = 0xfffffff0;
    private static final int MAGIC_1_20 = 0xfffffff1;
    private static final int MAX_FUNCTIONS = 1 << 23;
    private static final int MAX_STEPS = 1 << 20;
    private static final int WINDOW_BYTES = 16 * 1024;

    private final DwarfCursor in;
    private final Pace pace;
    private final int quantum;
    private final int pointerBytes;
    private final long functions;
    private final long textStart;
    private final long nameTable;
    private final long fileOffsets;
    private final long fileTable;
    private final long pcTable;
    private final long functionTable;

    private GoLines(DwarfCursor in, long text, Pace pace) throws IOException {
        this.in = in;
        this.pace = pace;
        in.at(6);
        quantum = in.u8();
        pointerBytes = in.u8();
        if (pointerBytes != 8 && pointerBytes != 4) {
            throw new ElfFormatException("a Go table with pointers of " + pointerBytes + " bytes");
        }
        functions = in.address(pointerBytes);
        in.address(pointerBytes);
        long start = in.address(pointerBytes);
        // A position-independent program has 0 here until it is loaded.
        textStart = start == 0 && text > 0 ? text : start;
        nameTable = in.address(pointerBytes);
        fileOffsets = in.address(pointerBytes);
        fileTable = in.address(pointerBytes);
        pcTable = in.address(pointerBytes);
        functionTable = in.address(pointerBytes);
        if (functions < 0 || functions > MAX_FUNCTIONS) {
            throw new ElfFormatException("a Go table of " + functions + " functions");
        }
    }

    /** Null if the file has no such table, or one of another layout. */
    public static @Nullable GoLines read(DebugSections sections, Pace pace) throws IOException {
        DebugSections.Place place = sections.place(".gopclntab");
        place = place == null ? sections.place(".data.rel.ro.gopclntab") : place;
        if (place == null) {
            return null;
        }
        ByteWindow window = new ByteWindow(WINDOW_BYTES).attach(place.source());
        DwarfCursor in = new DwarfCursor(window, place.offset(), place.sizeBytes());
        try {
            int magic = (int) in.u32();
            return magic == MAGIC_1_18 || magic == MAGIC_1_20
                    ? new GoLines(in, sections.addressOf(".text"), pace)
                    : null;
        } catch (ElfFormatException e) {
            return null;
        }
    }

    /** The function at an address; an empty list if none of the table has it. */
    public List<SourceLine> resolve(long address) throws IOException {
        long relative = address - textStart;
        if (relative < 0 || relative >= start(functions)) {
            return List.of();
        }
        long row = find(relative);
        if (row < 0) {
            return List.of();
        }
        long entry = functionTable + in.at(functionTable + row * 8 + 4).u32();
        in.at(entry);
        long functionStart = in.u32();
        long name = in.u32();
        in.skip(8);
        in.skip(4);
        long files = in.u32();
        long lines = in.u32();
        in.skip(4);
        long unit = in.u32();
        List<SourceLine> result = new ArrayList<>();
        long file = value(files, functionStart, relative);
        long line = value(lines, functionStart, relative);
        result.add(new SourceLine(
                in.at(nameTable + name).string(),
                path(unit, file),
                (int) Math.max(0, Math.min(line, Integer.MAX_VALUE)),
                0));
        return result;
    }

    private @Nullable String path(long unit, long file) throws IOException {
        if (file < 0 || unit == 0xffff_ffffL) {
            return null;
        }
        long offset = in.at(fileOffsets + (unit + file) * 4).u32();
        return offset == 0xffff_ffffL ? null : in.at(fileTable + offset).string();
    }

    private long start(long row) throws IOException {
        return in.at(functionTable + row * 8).u32();
    }

    private long find(long relative) throws IOException {
        long low = 0;
        long high = functions - 1;
        while (low <= high) {
            long middle = (low + high) >>> 1;
            if (start(middle) <= relative) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    /** Runs a table of differences: value and address grow by turns, until the address is passed. */
    private long value(long table, long functionStart, long relative) throws IOException {
        if (table == 0) {
            return -1;
        }
        in.at(pcTable + table);
        long value = -1;
        long at = functionStart;
        for (int step = 0; step < MAX_STEPS; step++) {
            long raw = in.unsigned();
            if (raw == 0 && step > 0) {
                return -1;
            }
            value += (raw & 1) != 0 ? ~(raw >>> 1) : raw >>> 1;
            at += in.unsigned() * quantum;
            if (relative < at) {
                return value;
            }
            if (step % Pace.ENTRIES == Pace.ENTRIES - 1) {
                pace.step();
            }
        }
        return -1;
    }
}
