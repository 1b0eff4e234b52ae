package io.stackhouse.agent.symbol;

import io.stackhouse.agent.elf.ByteWindow;
import io.stackhouse.agent.elf.ElfFile;
import io.stackhouse.agent.elf.ElfFormatException;
import io.stackhouse.agent.elf.HtlHash;
import io.stackhouse.agent.elf.SymbolTable;
import io.stackhouse.agent.process.Mappings;
import io.stackhouse.agent.process.TracedProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file with code in it, as far as it could be read: a module per executable segment, and its symbol table while the budget has room for it. Keeps nothing
 * open. Threads: one.
 */
final class CodeFile {
    private final @Nullable FileKey key;
    private final @Nullable ElfFile elf;
    private final Module[] segments;
    private final Module wholeFile;
    private @Nullable SymbolTable table;
    private int tableNumber;
    private boolean brokenSymbols;
    private boolean forgotten;

    private CodeFile(@Nullable FileKey key, @Nullable ElfFile elf, Module[] segments, Module wholeFile) {
        this.key = key;
        this.elf = elf;
        this.segments = segments;
        this.wholeFile = wholeFile;
    }

    /** A file that could not be opened: addresses in it are offsets. */
    static CodeFile unreadable(String path) {
        return new CodeFile(null, null, new Module[0], new Module(path, 0, 0, 0, null, null));
    }

    /** Reads the headers. The window must be attached to the file. */
    static CodeFile read(String path, FileKey key, ByteWindow window, SymbolizerCounters counters) throws IOException {
        counters.filesRead.incrementAndGet();
        String htlHash = HtlHash.of(window);
        ElfFile elf;
        try {
            elf = ElfFile.read(window);
        } catch (ElfFormatException e) {
            counters.filesNotElf.incrementAndGet();
            return new CodeFile(key, null, new Module[0], new Module(path, 0, key.sizeBytes(), 0, null, htlHash));
        }
        String buildId = elf.gnuBuildId();
        Module[] segments = new Module[elf.segments()];
        for (int i = 0; i < segments.length; i++) {
            segments[i] = new Module(
                    path, elf.segmentAddress(i), elf.segmentLimit(i), elf.segmentFileOffset(i), buildId, htlHash);
        }
        return new CodeFile(key, elf, segments, new Module(path, 0, key.sizeBytes(), 0, buildId, htlHash));
    }

    /** Where to look for its lines; null if the file is no ELF or could not be opened. */
    @Nullable
    DebugTarget debugTarget(TracedProcess process, Mappings mappings, int i) {
        if (key == null || elf == null) {
            return null;
        }
        String range = Long.toHexString(mappings.start(i)) + '-' + Long.toHexString(mappings.end(i));
        return new DebugTarget(
                key,
                mappings.path(i),
                elf.gnuBuildId(),
                List.of(process.procDirectory().resolve("root"), Path.of("/")),
                process.procDirectory().resolve("map_files").resolve(range));
    }

    /** Null if the file could not be opened. */
    @Nullable
    FileKey key() {
        return key;
    }

    @Nullable
    ElfFile elf() {
        return elf;
    }

    /** The executable segment that a byte of the file belongs to; -1 if to none, as in files that are no ELF. */
    int segmentAt(long fileOffset) {
        return elf == null ? -1 : elf.segmentAt(fileOffset);
    }

    Module module(int segment) {
        return segment < 0 ? wholeFile : segments[segment];
    }

    /** The address to report: of the ELF file's address space, or the offset itself where that is not known. */
    long address(int segment, long fileOffset) {
        return elf == null || segment < 0 ? fileOffset : elf.addressOf(segment, fileOffset);
    }

    @Nullable
    SymbolTable table() {
        return table;
    }

    /** Tells tables apart, also those of one file, without holding them. */
    int tableNumber() {
        return tableNumber;
    }

    void keep(@Nullable SymbolTable next, int number) {
        table = next;
        tableNumber = number;
    }

    /** Whether the symbol table is damaged, so that there is no use in reading it again. */
    boolean hasBrokenSymbols() {
        return brokenSymbols;
    }

    void breakSymbols() {
        brokenSymbols = true;
    }

    /** Whether the cache has dropped this object: then it must not take part in the budget any more. */
    boolean isForgotten() {
        return forgotten;
    }

    void forget() {
        forgotten = true;
    }
}
