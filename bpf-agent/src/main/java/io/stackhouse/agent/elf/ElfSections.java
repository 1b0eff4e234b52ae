package io.stackhouse.agent.elf;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The section headers that matter here: symbol tables and notes. A file without any (or with damaged ones) just has none. */
final class ElfSections {
    private static final int HEADER_BYTES = 64;
    private static final int MAX_SECTIONS = 65_536;
    private static final int MAX_NOTE_SECTIONS = 32;
    /** Entries of a symbol table that are looked at: 8 million are 192 MiB of file. */
    private static final int MAX_SYMBOLS = 8 << 20;

    private static final int TYPE_SYMTAB = 2;
    private static final int TYPE_STRTAB = 3;
    private static final int TYPE_NOTE = 7;
    private static final int TYPE_DYNSYM = 11;

    private final long[] noteHeaders = new long[MAX_NOTE_SECTIONS];
    private int notes;
    private @Nullable SymbolSection symbols;
    private @Nullable SymbolSection dynamicSymbols;

    private ElfSections() {}

    static ElfSections read(ByteWindow file) throws IOException {
        ElfSections result = new ElfSections();
        long table = file.i64(40);
        int entryBytes = file.u16(58);
        if (table <= 0 || table > file.sizeBytes() - HEADER_BYTES || entryBytes < HEADER_BYTES) {
            return result;
        }
        long count = file.u16(60) == 0 ? file.i64(table + 32) : file.u16(60);
        long fits = (file.sizeBytes() - table) / entryBytes;
        int sections = (int) Math.max(0, Math.min(Math.min(count, fits), MAX_SECTIONS));
        for (int i = 0; i < sections; i++) {
            result.take(file, table, entryBytes, i, sections);
        }
        return result;
    }

    @Nullable
    SymbolSection symbols() {
        return symbols;
    }

    @Nullable
    SymbolSection dynamicSymbols() {
        return dynamicSymbols;
    }

    /** For files whose notes have no segment. */
    @Nullable
    String buildIdFromNotes(ByteWindow file) throws IOException {
        for (int i = 0; i < notes; i++) {
            long at = noteHeaders[i];
            String id = ElfNotes.gnuBuildId(file, file.i64(at + 24), file.i64(at + 32), file.i64(at + 48));
            if (id != null) {
                return id;
            }
        }
        return null;
    }

    private void take(ByteWindow file, long table, int entryBytes, int index, int sections) throws IOException {
        long at = table + (long) index * entryBytes;
        int type = file.i32(at + 4);
        if (type == TYPE_NOTE && notes < MAX_NOTE_SECTIONS) {
            noteHeaders[notes++] = at;
        } else if (type == TYPE_SYMTAB && symbols == null) {
            symbols = symbolSection(file, at, table, entryBytes, sections);
        } else if (type == TYPE_DYNSYM && dynamicSymbols == null) {
            dynamicSymbols = symbolSection(file, at, table, entryBytes, sections);
        }
    }

    private static @Nullable SymbolSection symbolSection(
            ByteWindow file, long at, long table, int entryBytes, int sections) throws IOException {
        long link = file.u32(at + 40);
        if (link == 0 || link >= sections || file.i64(at + 56) != SymbolSection.ENTRY_BYTES) {
            return null;
        }
        long strings = table + link * entryBytes;
        if (file.i32(strings + 4) != TYPE_STRTAB) {
            return null;
        }
        long stringsOffset = file.i64(strings + 24);
        long stringsBytes = within(file, stringsOffset, file.i64(strings + 32));
        long offset = file.i64(at + 24);
        long count = within(file, offset, file.i64(at + 32)) / SymbolSection.ENTRY_BYTES;
        if (count == 0 || stringsBytes == 0) {
            return null;
        }
        return new SymbolSection(offset, (int) Math.min(count, MAX_SYMBOLS), stringsOffset, stringsBytes);
    }

    /** How many of the bytes lie in the file. */
    private static long within(ByteWindow file, long offset, long bytes) {
        if (offset <= 0 || bytes <= 0 || offset >= file.sizeBytes()) {
            return 0;
        }
        return Math.min(bytes, file.sizeBytes() - offset);
    }
}
