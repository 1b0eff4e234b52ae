package io.stackhouse.agent.unwind;

import io.stackhouse.agent.elf.ByteWindow;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The functions of a file that have frame information, by address: the table in .eh_frame_hdr, read where it is needed, of pairs {function - header, entry
 * - header}, both signed 32-bit; or, in statically linked programs, which have none, what a walk through .eh_frame found. Immutable; one thread.
 */
final class FunctionIndex {
    private static final int TABLE_ENCODING = 0x3b; // data-relative, signed 32-bit
    /** Functions that are kept of a file without a table: 4 MiB. */
    private static final int MAX_SCANNED = 1 << 18;

    private static final int SECTION_HEADER_BYTES = 64;

    private final long headerAddress;
    private final long tableOffset;
    private final long count;
    /** Pairs of function and entry, or empty if the file has the table. */
    private final long[] scanned;

    private FunctionIndex(long headerAddress, long tableOffset, long count, long[] scanned) {
        this.headerAddress = headerAddress;
        this.tableOffset = tableOffset;
        this.count = count;
        this.scanned = scanned;
    }

    /** From the header at this place of the file, which has this address; null if its form is another than all linkers write. */
    static @Nullable FunctionIndex read(ByteWindow file, long offset, long address) throws IOException {
        if (file.u8(offset) != 1 || file.u8(offset + 3) != TABLE_ENCODING) {
            return null;
        }
        FrameBytes in = new FrameBytes(file).seek(offset + 4, file.sizeBytes());
        long unused = in.pointer(file.u8(offset + 1), address - offset, address);
        long count = in.number(file.u8(offset + 2));
        long fits = (file.sizeBytes() - in.position()) / 8;
        return new FunctionIndex(address, in.position(), Math.max(0, Math.min(count, fits)), new long[0]);
    }

    /** By a walk through the section .eh_frame; null if there is none. */
    static @Nullable FunctionIndex scan(ByteWindow file) throws IOException {
        long table = file.i64(40);
        int entryBytes = file.u16(58);
        int sections = file.u16(60);
        if (table <= 0 || entryBytes < SECTION_HEADER_BYTES || file.u16(62) >= sections) {
            return null;
        }
        long names = file.i64(table + (long) file.u16(62) * entryBytes + 24);
        for (int i = 0; i < sections; i++) {
            long at = table + (long) i * entryBytes;
            long name = names + file.u32(at);
            if (file.string(name, file.sizeBytes()).equals(".eh_frame")) {
                return scan(file, file.i64(at + 24), file.i64(at + 32), file.i64(at + 16));
            }
        }
        return null;
    }

    private static FunctionIndex scan(ByteWindow file, long offset, long bytes, long address) throws IOException {
        FrameBytes in = new FrameBytes(file).seek(offset, offset + bytes);
        Map<Long, CommonEntry> common = new HashMap<>();
        long addressOfFile = address - offset;
        long end = offset + bytes;
        long at = offset;
        long[][] found = new long[MAX_SCANNED][];
        int n = 0;
        while (at + 8 <= end && n < MAX_SCANNED) {
            long length = in.seek(at, end).u32();
            if (length == 0 || length == 0xffff_ffffL) {
                break;
            }
            long id = in.u32();
            if (id != 0) {
                long position = at + 4 - id;
                CommonEntry of = common.get(position);
                if (of == null) {
                    of = CommonEntry.read(in, position, end, addressOfFile);
                    common.put(position, of);
                    in.seek(at + 8, end);
                }
                found[n++] = new long[] {in.pointer(of.pointerEncoding(), addressOfFile, 0), at + addressOfFile};
            }
            at += 4 + length;
        }
        return new FunctionIndex(0, 0, n, sorted(found, n));
    }

    private static long[] sorted(long[][] found, int n) {
        Arrays.sort(found, 0, n, (a, b) -> Long.compare(a[0], b[0]));
        long[] pairs = new long[2 * n];
        for (int i = 0; i < n; i++) {
            pairs[2 * i] = found[i][0];
            pairs[2 * i + 1] = found[i][1];
        }
        return pairs;
    }

    long count() {
        return count;
    }

    /** Where the i-th function begins. */
    long functionAt(ByteWindow file, long i) throws IOException {
        return scanned.length > 0 ? scanned[(int) (2 * i)] : headerAddress + file.i32(tableOffset + 8 * i);
    }

    /** The address of its entry in .eh_frame. */
    long entryAt(ByteWindow file, long i) throws IOException {
        return scanned.length > 0 ? scanned[(int) (2 * i + 1)] : headerAddress + file.i32(tableOffset + 8 * i + 4);
    }
}
