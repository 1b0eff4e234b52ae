package io.stackhouse.agent.unwind;

import io.stackhouse.agent.elf.ByteWindow;
import io.stackhouse.agent.elf.ElfFormatException;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/*
 * A region of the text needs only its own part of the sorted index, and of .eh_frame only the entries that this part names. So nothing of a file
 * with an index is kept but what these fields say, and a file of any size costs what its regions in use cost.
 */
/**
 * The call frame information of one ELF file, by address. Immutable but for a cache of the window it reads through; one thread. The window must be
 * attached to the file during each call that has it as a parameter.
 */
final class FrameTable {
    private static final int PROGRAM_HEADER_BYTES = 56;
    private static final int MAX_PROGRAM_HEADERS = 512;
    private static final int TYPE_LOAD = 1;
    private static final int TYPE_EH_FRAME = 0x6474e550;
    private static final int FLAG_EXECUTABLE = 1;
    private static final int MAX_LOADS = 64;
    private static final int MAX_COMMON_ENTRIES = 256;
    /** Functions that are looked at for one region: one per 16 bytes of text. */
    private static final int MAX_FUNCTIONS = 1 << 16;

    /** Padding between functions is no code; a gap of less is not worth a row. */
    private static final int SMALLEST_GAP = 16;

    private final Machine machine;
    private final long[] loads;
    private final int loadCount;
    private final FunctionIndex index;

    private FrameTable(Machine machine, long[] loads, FunctionIndex index) {
        this.machine = machine;
        this.loads = loads;
        loadCount = loads.length / 4;
        this.index = index;
    }

    /** Reads the headers; null if the file has no call frame information. */
    static @Nullable FrameTable read(ByteWindow file, Machine machine) throws IOException {
        if (file.i32(0) != 0x464c457f || file.u8(4) != 2 || file.u8(5) != 1 || file.u16(18) != machine.elfMachine()) {
            throw new ElfFormatException("no ELF file for this machine");
        }
        long table = file.i64(32);
        int entryBytes = file.u16(54);
        int count = entryBytes < PROGRAM_HEADER_BYTES ? 0 : Math.min(file.u16(56), MAX_PROGRAM_HEADERS);
        long[] loads = new long[4 * MAX_LOADS];
        int loadCount = 0;
        long header = -1;
        for (int i = 0; i < count; i++) {
            long at = table + (long) i * entryBytes;
            int type = file.i32(at);
            if (type == TYPE_EH_FRAME) {
                header = at;
            } else if (type == TYPE_LOAD && loadCount < MAX_LOADS) {
                loads[4 * loadCount] = file.i64(at + 16);
                loads[4 * loadCount + 1] = file.i64(at + 8);
                loads[4 * loadCount + 2] = file.i64(at + 32);
                loads[4 * loadCount++ + 3] = file.i32(at + 4) & FLAG_EXECUTABLE;
            }
        }
        FunctionIndex index = header < 0
                ? FunctionIndex.scan(file)
                : FunctionIndex.read(file, file.i64(header + 8), file.i64(header + 16));
        return index == null ? null : new FrameTable(machine, Arrays.copyOf(loads, 4 * loadCount), index);
    }

    /** The number of functions that have frame information. */
    long functions() {
        return index.count();
    }

    /** The first page (of 4 KiB) of the file with executable code, or -1. */
    long firstPage() {
        long first = -1;
        for (int i = 0; i < loadCount; i++) {
            if (isExecutable(i)) {
                long page = loads[4 * i + 1] >>> 12;
                first = first < 0 ? page : Math.min(first, page);
            }
        }
        return first;
    }

    /** The page behind the last one with executable code. */
    long endPage() {
        long end = 0;
        for (int i = 0; i < loadCount; i++) {
            if (isExecutable(i)) {
                end = Math.max(end, (loads[4 * i + 1] + loads[4 * i + 2] + 4095) >>> 12);
            }
        }
        return end;
    }

    /**
     * Hands over the rows of a stretch of the file.
     *
     * @param from offset in the file of its first byte
     * @param to offset behind its last byte
     * @param rows takes rows by file offset, ascending, from about {@code from} to about {@code to}; where nothing is known it gets
     *     {@link Rule#OF_NOTHING}
     */
    void rows(ByteWindow file, long from, long to, RowSink rows) throws IOException {
        for (int i = 0; i < loadCount; i++) {
            long offset = loads[4 * i + 1];
            long low = Math.max(from, offset);
            long high = Math.min(to, offset + loads[4 * i + 2]);
            if (isExecutable(i) && low < high) {
                long addressOfFile = loads[4 * i] - offset;
                new Stretch(file, low + addressOfFile, high + addressOfFile, addressOfFile, rows).read();
            }
        }
    }

    private boolean isExecutable(int load) {
        return loads[4 * load + 3] != 0 && loads[4 * load + 1] >= 0 && loads[4 * load + 2] > 0;
    }

    /** Where the byte with this address lies in the file, or -1. */
    private long offsetOf(long address) {
        for (int i = 0; i < loadCount; i++) {
            long inside = address - loads[4 * i];
            if (inside >= 0 && inside < loads[4 * i + 2]) {
                return loads[4 * i + 1] + inside;
            }
        }
        return -1;
    }

    /** A stretch of addresses of one segment. */
    private final class Stretch {
        private final ByteWindow file;
        private final long low;
        private final long high;
        private final long addressOfFile;
        private final RowSink rows;
        private final FrameBytes in;
        private final Map<Long, CommonEntry> commonEntries = new LinkedHashMap<>();
        private @Nullable CfaProgram program;
        private @Nullable CommonEntry begun;
        private long end;

        Stretch(ByteWindow file, long low, long high, long addressOfFile, RowSink rows) {
            this.file = file;
            this.low = low;
            this.high = high;
            this.addressOfFile = addressOfFile;
            this.rows = rows;
            in = new FrameBytes(file);
            end = low;
        }

        void read() throws IOException {
            long[] entries = entries();
            rows.row(low - addressOfFile, Rule.OF_NOTHING);
            for (long entry : entries) {
                function(entry);
            }
            if (high - end >= SMALLEST_GAP) {
                rows.row(end - addressOfFile, Rule.OF_NOTHING);
            }
        }

        /** Addresses of the entries of the functions that may reach into the stretch. */
        private long[] entries() throws IOException {
            long first = Math.max(0, lastAtOrBelow(low));
            int most = (int) Math.min(MAX_FUNCTIONS, index.count() - first);
            long[] found = new long[Math.max(0, most)];
            int n = 0;
            for (long i = first; n < most && index.functionAt(file, i) < high; i++) {
                found[n++] = index.entryAt(file, i);
            }
            return Arrays.copyOf(found, n);
        }

        private long lastAtOrBelow(long address) throws IOException {
            long below = -1;
            long above = index.count();
            while (above - below > 1) {
                long middle = (below + above) >>> 1;
                if (index.functionAt(file, middle) <= address) {
                    below = middle;
                } else {
                    above = middle;
                }
            }
            return below;
        }

        private void function(long entryAddress) throws IOException {
            long position = offsetOf(entryAddress);
            long addressOfSection = entryAddress - position;
            if (position < 0) {
                throw new ElfFormatException("frame information at " + entryAddress + " is in no segment");
            }
            in.seek(position, file.sizeBytes());
            long length = in.u32();
            long idPosition = in.position();
            if (length == 0 || length == 0xffff_ffffL) {
                throw new ElfFormatException("no function's frame information at " + position);
            }
            in.limit(idPosition + length);
            long commonPosition = idPosition - in.u32();
            long after = in.position();
            CommonEntry common = common(commonPosition, addressOfSection);
            in.seek(after, idPosition + length);
            long start = in.pointer(common.pointerEncoding(), addressOfSection, 0);
            long bytes = in.number(common.pointerEncoding());
            if (common.hasAugmentation()) {
                in.skip(in.uleb());
            }
            if (bytes > 0 && start + bytes > start && start < high && start + bytes > low) {
                run(common, start, start + bytes, in.position(), idPosition + length, addressOfSection);
            }
        }

        private CommonEntry common(long position, long addressOfSection) throws IOException {
            CommonEntry known = commonEntries.get(position);
            if (known != null) {
                return known;
            }
            if (commonEntries.size() == MAX_COMMON_ENTRIES) {
                commonEntries.clear();
            }
            CommonEntry read = CommonEntry.read(in, position, file.sizeBytes(), addressOfSection);
            commonEntries.put(position, read);
            return read;
        }

        private void run(
                CommonEntry common, long start, long limit, long instructions, long entryEnd, long addressOfSection)
                throws IOException {
            if (common.isSignal()) {
                emit(start, Rule.of(Rule.SIGNAL, 0, 0, 0, 0), limit);
                end = limit;
                return;
            }
            CfaProgram cfa = program;
            if (cfa == null) {
                cfa = new CfaProgram(machine, in, common);
                program = cfa;
            }
            if (!common.equals(begun)) {
                cfa.begin(common, file.sizeBytes(), addressOfSection);
                begun = common;
            }
            in.seek(instructions, entryEnd);
            long gap = start - end;
            if (gap >= SMALLEST_GAP) {
                rows.row(end - addressOfFile, Rule.OF_NOTHING);
            }
            cfa.run(start, (address, rule) -> emit(address, rule, limit));
            end = Math.max(end, limit);
        }

        private void emit(long address, long rule, long limit) {
            if (address < limit && address < high) {
                rows.row(Math.max(address, low) - addressOfFile, rule);
            }
        }
    }
}
