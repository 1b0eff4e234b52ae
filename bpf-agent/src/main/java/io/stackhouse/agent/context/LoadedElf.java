package io.stackhouse.agent.context;

import io.stackhouse.agent.process.TargetMemory;
import io.stackhouse.agent.process.TargetReadException;
import org.jspecify.annotations.Nullable;

/**
 * A program or library as it lies in a process's memory: its exported symbols, relocations and thread-local segment. Its file is not needed, so that it may be
 * deleted or in another namespace. Only 64-bit little-endian ELF. Threads: one.
 */
final class LoadedElf {
    private static final int MAGIC = 0x464c457f;
    private static final int MAX_PROGRAM_HEADERS = 64;
    private static final int MAX_DYNAMIC = 256;
    private static final int MAX_CHAIN = 1024;
    private static final int MAX_BUCKETS = 1 << 22;
    private static final int MAX_NAME = 128;
    private static final int PAGE_BYTES = 4096;

    private static final int TYPE_LOAD = 1;
    private static final int TYPE_DYNAMIC = 2;
    private static final int TYPE_TLS = 7;
    private static final int PROGRAM_HEADER_BYTES = 56;

    private static final int TAG_PLT_RELOCATIONS_BYTES = 2;
    private static final int TAG_HASH = 4;
    private static final int TAG_STRINGS = 5;
    private static final int TAG_SYMBOLS = 6;
    private static final int TAG_RELOCATIONS = 7;
    private static final int TAG_RELOCATIONS_BYTES = 8;
    private static final int TAG_PLT_RELOCATIONS = 23;
    private static final long TAG_GNU_HASH = 0x6ffffef5L;
    private static final long TAG_RELATIVE_COUNT = 0x6ffffff9L;

    private static final int SYMBOL_BYTES = 24;
    private static final int SYMBOL_TYPE_TLS = 6;
    private static final int RELOCATION_BYTES = 24;
    private static final int MAX_RELOCATIONS = 1 << 17;

    private final TargetMemory memory;
    private final long start;
    private final int machine;
    private final long programHeaders;
    private long bias;
    private @Nullable TlsSegment tls;
    private long strings;
    private long symbols;
    private long hash;
    private long gnuHash;
    private long relocations;
    private long relocationsBytes;
    private long relativeCount;
    private long pltRelocations;
    private long pltRelocationsBytes;

    /** PT_TLS: {@code p_vaddr}, {@code p_memsz} and {@code p_align}, a power of two. */
    record TlsSegment(long address, long bytes, long align) {}

    /** Takes one relocation. */
    interface RelocationConsumer {
        /**
         * Takes one relocation.
         *
         * @param place in memory
         * @param symbol 0 for none
         */
        void relocation(long place, int type, long symbol, long addend) throws TargetReadException;
    }

    private LoadedElf(TargetMemory memory, long start) throws TargetReadException {
        this.memory = memory;
        this.start = start;
        machine = memory.u16(start + 18);
        programHeaders = start + memory.i64(start + 32);
        readProgramHeaders(Math.min(MAX_PROGRAM_HEADERS, memory.u16(start + 56)));
    }

    /** Null if what begins there is no such file, or none that exports symbols. */
    static @Nullable LoadedElf read(TargetMemory memory, long start) throws TargetReadException {
        boolean is64BitLittleEndian = memory.i32(start) == MAGIC && memory.u16(start + 4) == 0x0102;
        if (!is64BitLittleEndian || memory.u16(start + 54) != PROGRAM_HEADER_BYTES) {
            return null;
        }
        LoadedElf elf = new LoadedElf(memory, start);
        return elf.symbols == 0 || elf.strings == 0 ? null : elf;
    }

    int machine() {
        return machine;
    }

    /** Where its program headers lie: what the kernel tells a process of its main program. */
    long programHeaders() {
        return programHeaders;
    }

    @Nullable
    TlsSegment tls() {
        return tls;
    }

    /** The index of an exported thread-local variable, or 0. */
    long threadLocal(String name) throws TargetReadException {
        long found = gnuHash != 0 ? byGnuHash(name) : hash != 0 ? byHash(name) : 0;
        boolean isVariable = found != 0
                && (memory.u8(symbol(found) + 4) & 0xf) == SYMBOL_TYPE_TLS
                && memory.u16(symbol(found) + 6) != 0;
        return isVariable ? found : 0;
    }

    /** Of a thread-local variable: where in the segment it lies. */
    long value(long index) throws TargetReadException {
        return memory.i64(symbol(index) + 8);
    }

    /** Hands over the relocations that are about symbols or modules; those that only shift addresses are left out. */
    void relocations(RelocationConsumer to) throws TargetReadException {
        long skipped = Math.max(0, Math.min(relativeCount, relocationsBytes / RELOCATION_BYTES));
        relocations(relocations + skipped * RELOCATION_BYTES, relocationsBytes - skipped * RELOCATION_BYTES, to);
        relocations(pltRelocations, pltRelocationsBytes, to);
    }

    private void relocations(long table, long bytes, RelocationConsumer to) throws TargetReadException {
        long count = Math.min(MAX_RELOCATIONS, bytes / RELOCATION_BYTES);
        for (long i = 0; i < count; i++) {
            long at = table + i * RELOCATION_BYTES;
            long info = memory.i64(at + 8);
            to.relocation(bias + memory.i64(at), (int) info, info >>> 32, memory.i64(at + 16));
        }
    }

    private long symbol(long index) {
        return symbols + SYMBOL_BYTES * index;
    }

    private long byGnuHash(String name) throws TargetReadException {
        int h = 5381;
        for (int i = 0; i < name.length(); i++) {
            h = h * 33 + name.charAt(i);
        }
        int buckets = memory.i32(gnuHash);
        int firstHashed = memory.i32(gnuHash + 4);
        int blooms = memory.i32(gnuHash + 8);
        if (buckets <= 0 || buckets > MAX_BUCKETS || blooms < 0 || blooms > MAX_BUCKETS) {
            return 0;
        }
        long bucketsAt = gnuHash + 16 + 8L * blooms;
        long chainsAt = bucketsAt + 4L * buckets;
        long index = memory.i32(bucketsAt + 4L * Integer.remainderUnsigned(h, buckets)) & 0xffff_ffffL;
        for (int i = 0; index >= firstHashed && i < MAX_CHAIN; i++, index++) {
            int chained = memory.i32(chainsAt + 4 * (index - firstHashed));
            if ((chained | 1) == (h | 1) && isNamed(index, name)) {
                return index;
            }
            if ((chained & 1) != 0) {
                break;
            }
        }
        return 0;
    }

    private long byHash(String name) throws TargetReadException {
        int h = 0;
        for (int i = 0; i < name.length(); i++) {
            h = (h << 4) + name.charAt(i);
            int top = h & 0xf000_0000;
            h = (h ^ top >>> 24) & ~top;
        }
        int buckets = memory.i32(hash);
        if (buckets <= 0 || buckets > MAX_BUCKETS) {
            return 0;
        }
        long index = memory.i32(hash + 8 + 4L * Integer.remainderUnsigned(h, buckets)) & 0xffff_ffffL;
        for (int i = 0; index != 0 && i < MAX_CHAIN; i++) {
            if (isNamed(index, name)) {
                return index;
            }
            index = memory.i32(hash + 8 + 4L * buckets + 4 * index) & 0xffff_ffffL;
        }
        return 0;
    }

    private boolean isNamed(long index, String name) throws TargetReadException {
        long at = strings + (memory.i32(symbol(index)) & 0xffff_ffffL);
        return memory.cString(at, MAX_NAME).equals(name);
    }

    private void readProgramHeaders(int count) throws TargetReadException {
        long dynamic = 0;
        boolean isBiasKnown = false;
        for (int i = 0; i < count; i++) {
            long at = programHeaders + (long) PROGRAM_HEADER_BYTES * i;
            int type = memory.i32(at);
            long address = memory.i64(at + 16);
            if (type == TYPE_LOAD && !isBiasKnown) {
                bias = start - ((address - memory.i64(at + 8)) & -PAGE_BYTES);
                isBiasKnown = true;
            } else if (type == TYPE_DYNAMIC) {
                dynamic = address;
            } else if (type == TYPE_TLS) {
                tls = tlsSegment(at, address);
            }
        }
        if (dynamic != 0) {
            readDynamic(bias + dynamic);
        }
    }

    private @Nullable TlsSegment tlsSegment(long at, long address) throws TargetReadException {
        long bytes = memory.i64(at + 40);
        long align = Math.max(1, memory.i64(at + 48));
        return bytes <= 0 || Long.bitCount(align) != 1 ? null : new TlsSegment(address, bytes, align);
    }

    private void readDynamic(long dynamic) throws TargetReadException {
        for (int i = 0; i < MAX_DYNAMIC; i++) {
            long tag = memory.i64(dynamic + 16L * i);
            if (tag == 0) {
                return;
            }
            take(tag, memory.i64(dynamic + 16L * i + 8));
        }
    }

    private void take(long tag, long value) {
        if (tag == TAG_STRINGS) {
            strings = relocated(value);
        } else if (tag == TAG_SYMBOLS) {
            symbols = relocated(value);
        } else if (tag == TAG_HASH) {
            hash = relocated(value);
        } else if (tag == TAG_GNU_HASH) {
            gnuHash = relocated(value);
        } else if (tag == TAG_RELOCATIONS) {
            relocations = relocated(value);
        } else if (tag == TAG_RELOCATIONS_BYTES) {
            relocationsBytes = value;
        } else if (tag == TAG_RELATIVE_COUNT) {
            relativeCount = value;
        } else if (tag == TAG_PLT_RELOCATIONS) {
            pltRelocations = relocated(value);
        } else if (tag == TAG_PLT_RELOCATIONS_BYTES) {
            pltRelocationsBytes = value;
        }
    }

    /** glibc writes addresses into the dynamic section, musl leaves them relative. */
    private long relocated(long value) {
        return Long.compareUnsigned(value, bias) < 0 ? bias + value : value;
    }
}
