package io.stackhouse.agent.dwarf;

import io.stackhouse.agent.elf.ElfFormatException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The header of a unit in .debug_info and what its first entry says. Threads: one while it is read, then immutable. */
final class Unit {
    private static final int TYPE_COMPILE = 1;
    private static final int TYPE_TYPE = 2;
    private static final int TYPE_SKELETON = 4;
    private static final int TYPE_SPLIT_COMPILE = 5;
    private static final int TYPE_SPLIT_TYPE = 6;

    final long offset;
    final long end;
    final int version;
    final int addressBytes;
    final boolean is64;
    final long abbreviations;
    final long firstEntry;
    final boolean hasTypesOnly;

    long lowPc;
    long addressBase;
    long stringOffsetsBase;
    long rangeListsBase;
    long statements = -1;

    @Nullable
    String directory;

    private Unit(long offset, long end, boolean is64, int version, int type, Cu cu) {
        this.offset = offset;
        this.end = end;
        this.is64 = is64;
        this.version = version;
        hasTypesOnly = type == TYPE_TYPE || type == TYPE_SPLIT_TYPE;
        addressBytes = cu.addressBytes;
        abbreviations = cu.abbreviations;
        firstEntry = cu.firstEntry;
        // Where the bases are not given, the tables begin right behind their headers.
        stringOffsetsBase = is64 ? 16 : 8;
        addressBase = is64 ? 16 : 8;
        rangeListsBase = is64 ? 20 : 12;
    }

    private record Cu(int addressBytes, long abbreviations, long firstEntry) {}

    /** Reads the header at the cursor, which then stands at the first entry. */
    static Unit read(DwarfCursor info) throws IOException {
        long offset = info.position();
        long length = info.u32();
        boolean is64 = length == 0xffff_ffffL;
        length = is64 ? info.i64() : length;
        long end = info.position() + length;
        if (length < 7 || end < info.position() || end > info.sizeBytes()) {
            throw new ElfFormatException("a unit of " + length + " bytes at " + offset + " is longer than .debug_info");
        }
        int version = info.u16();
        if (version < 2 || version > 5) {
            throw new ElfFormatException("DWARF version " + version + ": 2 to 5 are read");
        }
        int type = TYPE_COMPILE;
        int addressBytes;
        long abbreviations;
        if (version == 5) {
            type = info.u8();
            addressBytes = info.u8();
            abbreviations = info.offset(is64);
            info.skip(
                    type == TYPE_SKELETON || type == TYPE_SPLIT_COMPILE
                            ? 8
                            : type == TYPE_TYPE || type == TYPE_SPLIT_TYPE ? 8 + (is64 ? 8 : 4) : 0);
        } else {
            abbreviations = info.offset(is64);
            addressBytes = info.u8();
        }
        return new Unit(offset, end, is64, version, type, new Cu(addressBytes, abbreviations, info.position()));
    }
}
