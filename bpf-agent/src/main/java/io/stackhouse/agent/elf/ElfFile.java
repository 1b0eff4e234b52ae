package io.stackhouse.agent.elf;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the headers of a 64-bit little-endian ELF file say: its executable segments, where its symbols are, its GNU build id.
 *
 * <p>Immutable; keeps nothing open. Threads: any.
 */
public final class ElfFile {
    private static final int HEADER_BYTES = 64;
    private static final int PROGRAM_HEADER_BYTES = 56;
    private static final int MAX_PROGRAM_HEADERS = 512;
    private static final int MAX_SEGMENTS = 64;
    private static final int MAGIC = 0x464c457f;
    private static final int TYPE_LOAD = 1;
    private static final int TYPE_NOTE = 4;
    private static final int FLAG_EXECUTABLE = 1;

    /** One entry per executable segment, in the order of the file: address, file offset, size in the file, size in memory. */
    private final long[] address;

    private final long[] fileOffset;
    private final long[] fileBytes;
    private final long[] memoryBytes;

    private final @Nullable String gnuBuildId;
    private final @Nullable SymbolSection symbols;
    private final @Nullable SymbolSection dynamicSymbols;

    private ElfFile(ByteWindow file, ElfSections sections) throws IOException {
        long[][] loads = executableSegments(file);
        address = loads[0];
        fileOffset = loads[1];
        fileBytes = loads[2];
        memoryBytes = loads[3];
        symbols = sections.symbols();
        dynamicSymbols = sections.dynamicSymbols();
        gnuBuildId = buildId(file, sections);
    }

    /** Reads the headers; the window must be attached to the file. */
    public static ElfFile read(ByteWindow file) throws IOException {
        if (file.sizeBytes() < HEADER_BYTES || file.i32(0) != MAGIC) {
            throw new ElfFormatException("not an ELF file");
        }
        if (file.u8(4) != 2 || file.u8(5) != 1) {
            throw new ElfFormatException(
                    "class " + file.u8(4) + ", byte order " + file.u8(5) + ": only 64-bit little-endian ELF is read");
        }
        return new ElfFile(file, ElfSections.read(file));
    }

    /** The build id as lower-case hexadecimal digits, or null if the linker wrote none. */
    public @Nullable String gnuBuildId() {
        return gnuBuildId;
    }

    public int segments() {
        return address.length;
    }

    /** Where the segment lies in the file's own address space: {@code p_vaddr}. */
    public long segmentAddress(int segment) {
        return address[segment];
    }

    /** The address behind the segment: {@code p_vaddr + p_memsz}. */
    public long segmentLimit(int segment) {
        return address[segment] + memoryBytes[segment];
    }

    /** {@code p_offset} of the segment. */
    public long segmentFileOffset(int segment) {
        return fileOffset[segment];
    }

    /** The executable segment that has this byte of the file, or -1. */
    public int segmentAt(long offset) {
        for (int i = 0; i < fileOffset.length; i++) {
            long inside = offset - fileOffset[i];
            if (inside >= 0 && inside < fileBytes[i]) {
                return i;
            }
        }
        return -1;
    }

    /** The ELF virtual address of a byte of the file, which must lie in that segment. */
    public long addressOf(int segment, long offset) {
        return offset - fileOffset[segment] + address[segment];
    }

    boolean isExecutable(long virtualAddress) {
        for (int i = 0; i < address.length; i++) {
            long inside = virtualAddress - address[i];
            if (inside >= 0 && inside < memoryBytes[i]) {
                return true;
            }
        }
        return false;
    }

    long lowestAddress() {
        long lowest = Long.MAX_VALUE;
        for (long a : address) {
            lowest = Math.min(lowest, a);
        }
        return address.length == 0 ? 0 : lowest;
    }

    @Nullable
    SymbolSection symbols() {
        return symbols;
    }

    @Nullable
    SymbolSection dynamicSymbols() {
        return dynamicSymbols;
    }

    private static int programHeaders(ByteWindow file) throws IOException {
        if (file.u16(54) < PROGRAM_HEADER_BYTES) {
            return 0;
        }
        return Math.min(file.u16(56), MAX_PROGRAM_HEADERS);
    }

    private static long[][] executableSegments(ByteWindow file) throws IOException {
        int count = programHeaders(file);
        long[][] found = new long[4][count];
        int n = 0;
        for (int i = 0; i < count && n < MAX_SEGMENTS; i++) {
            long at = file.i64(32) + (long) i * file.u16(54);
            if (file.i32(at) == TYPE_LOAD && (file.i32(at + 4) & FLAG_EXECUTABLE) != 0) {
                found[1][n] = file.i64(at + 8);
                found[0][n] = file.i64(at + 16);
                found[2][n] = file.i64(at + 32);
                found[3][n] = file.i64(at + 40);
                // A segment that wraps around the address space, or has a negative part, holds nothing.
                if (found[0][n] >= 0
                        && found[1][n] >= 0
                        && found[2][n] >= 0
                        && found[3][n] >= 0
                        && found[0][n] + found[3][n] >= 0) {
                    n++;
                }
            }
        }
        for (int k = 0; k < found.length; k++) {
            found[k] = Arrays.copyOf(found[k], n);
        }
        return found;
    }

    private static @Nullable String buildId(ByteWindow file, ElfSections sections) throws IOException {
        int count = programHeaders(file);
        for (int i = 0; i < count; i++) {
            long at = file.i64(32) + (long) i * file.u16(54);
            if (file.i32(at) == TYPE_NOTE) {
                String id = ElfNotes.gnuBuildId(file, file.i64(at + 8), file.i64(at + 32), file.i64(at + 48));
                if (id != null) {
                    return id;
                }
            }
        }
        return sections.buildIdFromNotes(file);
    }
}
