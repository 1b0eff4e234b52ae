package io.stackhouse.agent.dwarf;

import io.stackhouse.agent.elf.ByteWindow;
import io.stackhouse.agent.elf.ElfFormatException;
import java.io.IOException;

/** Reads a section from a position on. Beyond its end there is an {@link ElfFormatException}. Threads: one. */
final class DwarfCursor {
    private static final int MAX_LEB_BYTES = 10;

    private final ByteWindow window;
    private final long base;
    private final long sizeBytes;
    private long position;

    /** A section that stands at {@code base} of what the window shows. */
    DwarfCursor(ByteWindow window, long base, long sizeBytes) {
        this.window = window;
        this.base = base;
        this.sizeBytes = sizeBytes;
    }

    long sizeBytes() {
        return sizeBytes;
    }

    long position() {
        return position;
    }

    DwarfCursor at(long to) throws IOException {
        if (to < 0 || to > sizeBytes) {
            throw new ElfFormatException("offset " + to + " is outside of a section of " + sizeBytes + " bytes");
        }
        position = to;
        return this;
    }

    void skip(long count) throws IOException {
        if (count < 0 || count > sizeBytes - position) {
            throw new ElfFormatException("a section ends within an entry");
        }
        position += count;
    }

    int u8() throws IOException {
        long from = position;
        skip(1);
        return window.u8(base + from);
    }

    int u16() throws IOException {
        long from = position;
        skip(2);
        return window.u16(base + from);
    }

    int u24() throws IOException {
        return u16() | u8() << 16;
    }

    long u32() throws IOException {
        long from = position;
        skip(4);
        return window.u32(base + from);
    }

    long i64() throws IOException {
        long from = position;
        skip(8);
        return window.i64(base + from);
    }

    /** An offset of 4 or 8 bytes. */
    long offset(boolean is64) throws IOException {
        return is64 ? i64() : u32();
    }

    long address(int bytes) throws IOException {
        return switch (bytes) {
            case 8 -> i64();
            case 4 -> u32();
            case 2 -> u16();
            default -> throw new ElfFormatException("addresses of " + bytes + " bytes");
        };
    }

    long unsigned() throws IOException {
        long value = 0;
        for (int i = 0; i < MAX_LEB_BYTES; i++) {
            int b = u8();
            value |= i < 9 ? (long) (b & 0x7f) << (7 * i) : (long) (b & 1) << 63;
            if (b < 0x80) {
                return value;
            }
        }
        throw new ElfFormatException("a number of more than " + MAX_LEB_BYTES + " bytes");
    }

    long signed() throws IOException {
        long value = 0;
        for (int i = 0; i < MAX_LEB_BYTES; i++) {
            int b = u8();
            int shift = 7 * i;
            value |= shift < 64 ? (long) (b & 0x7f) << shift : 0;
            if (b < 0x80) {
                return (b & 0x40) != 0 && shift + 7 < 64 ? value | -1L << (shift + 7) : value;
            }
        }
        throw new ElfFormatException("a number of more than " + MAX_LEB_BYTES + " bytes");
    }

    /** A string that ends with a zero; longer ones than the window's bound are cut but passed over whole. */
    String string() throws IOException {
        String text = window.string(base + position, base + sizeBytes);
        skipString();
        return text;
    }

    void skipString() throws IOException {
        while (u8() != 0) {
            // The end is where the zero is.
        }
    }
}
