package io.stackhouse.agent.jvm;

import io.stackhouse.agent.process.TargetMemory;
import io.stackhouse.agent.process.TargetReadException;

/**
 * A shared library as the dynamic linker put it into a process: exported symbols by name, without its file. Only for 64-bit little-endian ELF. Threads: one.
 */
final class LoadedLibrary {
    private static final int MAGIC = 0x464c457f;
    private static final int MAX_PROGRAM_HEADERS = 64;
    private static final int MAX_DYNAMIC = 256;
    private static final int MAX_CHAIN = 1024;
    private static final int TYPE_DYNAMIC = 2;
    private static final int TAG_STRINGS = 5;
    private static final int TAG_SYMBOLS = 6;
    private static final int TAG_GNU_HASH = 0x6ffffef5;
    private static final int SYMBOL_BYTES = 24;
    private static final int MAX_NAME = 128;
    private static final int PAGE_BYTES = 4096;
    private static final int MAX_PAGES_BACK = 1024;

    private final TargetMemory memory;
    private final long base;
    private long strings;
    private long symbols;
    private long hash;

    /**
     * Finds its tables.
     *
     * @param code where its code begins in memory
     * @param fileOffset of that code
     */
    LoadedLibrary(TargetMemory memory, long code, long fileOffset) throws TargetReadException {
        this.memory = memory;
        base = base(code, fileOffset);
        readDynamic();
    }

    long base() {
        return base;
    }

    /** Where the symbol lies in memory. */
    long address(String name) throws TargetReadException {
        int h = gnuHash(name);
        int buckets = memory.i32(hash);
        int firstHashed = memory.i32(hash + 4);
        int blooms = memory.i32(hash + 8);
        if (buckets <= 0 || buckets > 1 << 20 || blooms < 0 || blooms > 1 << 20) {
            throw new TargetReadException("libjvm.so has no usable hash table of symbols");
        }
        long bucketsAt = hash + 16 + 8L * blooms;
        long chainsAt = bucketsAt + 4L * buckets;
        long symbol = memory.i32(bucketsAt + 4L * Integer.remainderUnsigned(h, buckets)) & 0xffff_ffffL;
        for (int i = 0; symbol >= firstHashed && i < MAX_CHAIN; i++, symbol++) {
            int chained = memory.i32(chainsAt + 4 * (symbol - firstHashed));
            if ((chained | 1) == (h | 1) && isNamed(symbol, name)) {
                return base + memory.i64(symbols + SYMBOL_BYTES * symbol + 8);
            }
            if ((chained & 1) != 0) {
                break;
            }
        }
        throw new TargetReadException("libjvm.so does not export " + name);
    }

    private boolean isNamed(long symbol, String name) throws TargetReadException {
        long at = strings + (memory.i32(symbols + SYMBOL_BYTES * symbol) & 0xffff_ffffL);
        return memory.cString(at, MAX_NAME).equals(name);
    }

    /** The ELF header lies a whole number of pages before the code: nearly always as far as it does in the file. */
    private long base(long code, long fileOffset) throws TargetReadException {
        long guess = code - fileOffset;
        if (isHeader(guess)) {
            return guess;
        }
        for (int i = 1; i < MAX_PAGES_BACK; i++) {
            if (isHeader(guess - (long) i * PAGE_BYTES)) {
                return guess - (long) i * PAGE_BYTES;
            }
        }
        throw new TargetReadException("libjvm.so is mapped without its header");
    }

    private boolean isHeader(long address) throws TargetReadException {
        return memory.i32(address) == MAGIC;
    }

    private void readDynamic() throws TargetReadException {
        long headers = base + memory.i64(base + 32);
        int count = Math.min(MAX_PROGRAM_HEADERS, memory.u16(base + 56));
        long dynamic = 0;
        for (int i = 0; i < count; i++) {
            if (memory.i32(headers + 56L * i) == TYPE_DYNAMIC) {
                dynamic = base + memory.i64(headers + 56L * i + 16);
            }
        }
        for (int i = 0; dynamic != 0 && i < MAX_DYNAMIC && memory.i64(dynamic + 16L * i) != 0; i++) {
            long tag = memory.i64(dynamic + 16L * i);
            long value = memory.i64(dynamic + 16L * i + 8);
            if (tag == TAG_STRINGS) {
                strings = relocated(value);
            } else if (tag == TAG_SYMBOLS) {
                symbols = relocated(value);
            } else if (tag == TAG_GNU_HASH) {
                hash = relocated(value);
            }
        }
        if (strings == 0 || symbols == 0 || hash == 0) {
            throw new TargetReadException("libjvm.so has no table of exported symbols");
        }
    }

    /** glibc writes addresses into the dynamic section, musl leaves them relative. */
    private long relocated(long value) {
        return Long.compareUnsigned(value, base) < 0 ? base + value : value;
    }

    private static int gnuHash(String name) {
        int h = 5381;
        for (int i = 0; i < name.length(); i++) {
            h = h * 33 + name.charAt(i);
        }
        return h;
    }
}
