package io.stackhouse.agent.unwind;

import io.stackhouse.agent.elf.ByteWindow;
import io.stackhouse.agent.elf.ElfFormatException;
import java.io.IOException;

/** Reads the numbers of DWARF call frame information one after the other, up to a limit. One thread. */
final class FrameBytes {
    private static final int ENCODING_OMIT = 0xff;
    private static final int ENCODING_PC_RELATIVE = 0x10;
    private static final int ENCODING_DATA_RELATIVE = 0x30;

    private final ByteWindow file;
    private long at;
    private long limit;

    FrameBytes(ByteWindow file) {
        this.file = file;
    }

    /** Goes to a place of the file; nothing is read from the limit on. */
    FrameBytes seek(long position, long end) throws ElfFormatException {
        if (position < 0 || end < position || end > file.sizeBytes()) {
            throw new ElfFormatException(
                    "frame information from " + position + " to " + end + " is outside of the file");
        }
        at = position;
        limit = end;
        return this;
    }

    /** Brings the limit nearer. */
    void limit(long end) throws ElfFormatException {
        if (end < at || end > limit) {
            throw new ElfFormatException("frame information ends at " + end + ", outside of " + at + " to " + limit);
        }
        limit = end;
    }

    long position() {
        return at;
    }

    /** Goes back to a place that was read. */
    void rewind(long position) {
        at = position;
    }

    boolean hasMore() {
        return at < limit;
    }

    void skip(long bytes) throws IOException {
        take(bytes);
    }

    int u8() throws IOException {
        return file.u8(take(1));
    }

    int u16() throws IOException {
        return file.u16(take(2));
    }

    int i32() throws IOException {
        return file.i32(take(4));
    }

    long u32() throws IOException {
        return file.u32(take(4));
    }

    long i64() throws IOException {
        return file.i64(take(8));
    }

    /** Unsigned LEB128; bits beyond the 64th are lost. */
    long uleb() throws IOException {
        long value = 0;
        int shift = 0;
        int part;
        do {
            part = u8();
            value |= shift < Long.SIZE ? (long) (part & 0x7f) << shift : 0;
            shift += 7;
        } while ((part & 0x80) != 0);
        return value;
    }

    /** Signed LEB128; bits beyond the 64th are lost. */
    long sleb() throws IOException {
        long value = 0;
        int shift = 0;
        int part;
        do {
            part = u8();
            value |= shift < Long.SIZE ? (long) (part & 0x7f) << shift : 0;
            shift += 7;
        } while ((part & 0x80) != 0);
        return shift < Long.SIZE && (part & 0x40) != 0 ? value | -1L << shift : value;
    }

    /**
     * A pointer as the encoding says.
     *
     * @param addressOfFile what to add to a place in the file to have its address
     * @param dataBase what data-relative pointers are relative to
     */
    long pointer(int encoding, long addressOfFile, long dataBase) throws IOException {
        if (encoding == ENCODING_OMIT) {
            return 0;
        }
        if ((encoding & 0x80) != 0) {
            throw new ElfFormatException("indirect pointer in frame information");
        }
        long base = switch (encoding & 0x70) {
            case 0 -> 0;
            case ENCODING_PC_RELATIVE -> at + addressOfFile;
            case ENCODING_DATA_RELATIVE -> dataBase;
            default -> throw unknown(encoding);
        };
        return base + number(encoding);
    }

    /** The number alone, as for sizes. */
    long number(int encoding) throws IOException {
        return switch (encoding & 0x0f) {
            case 0x00, 0x04, 0x0c -> i64();
            case 0x01 -> uleb();
            case 0x02 -> u16();
            case 0x03 -> u32();
            case 0x09 -> sleb();
            case 0x0a -> (short) u16();
            case 0x0b -> i32();
            default -> throw unknown(encoding);
        };
    }

    private static ElfFormatException unknown(int encoding) {
        return new ElfFormatException("pointer encoding 0x" + Integer.toHexString(encoding) + " in frame information");
    }

    private long take(long bytes) throws ElfFormatException {
        if (bytes < 0 || bytes > limit - at) {
            throw new ElfFormatException(bytes + " bytes of frame information at " + at + " go beyond " + limit);
        }
        long position = at;
        at += bytes;
        return position;
    }
}
