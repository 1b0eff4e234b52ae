package io.stackhouse.agent.context;

import org.jspecify.annotations.Nullable;

/**
 * Where a C library keeps a thread's vector of modules (dtv), and which relocations lead to thread-local variables on a machine. The ABI fixes the relocations,
 * each C library the rest: glibc has slots of 16 bytes and their number before slot 0, musl has slots of 8 bytes and their number in slot 0.
 *
 * <p>Only glibc on x86-64 was run; the others follow the sources of the C libraries and the ABI.
 *
 * @param isTlsAbove whether blocks lie above the thread pointer (aarch64) or below it (x86-64)
 * @param vector where, from the thread pointer, the vector's address stands
 * @param slots where, from the vector's address, the number of its slots stands
 * @param slotBytes size of a slot, whose first word is the block's address
 * @param relocModule type of the relocation that gives the number of a module; the offset stands in the word behind
 * @param relocThread type of the relocation that gives an offset from the thread pointer
 * @param relocDescriptor type of the relocation that fills a descriptor
 */
record ThreadLayout(
        boolean isTlsAbove,
        int vector,
        int slots,
        int slotBytes,
        int relocModule,
        int relocThread,
        int relocDescriptor) {
    static final int MACHINE_X86_64 = 62;
    static final int MACHINE_AARCH64 = 183;

    private static final ThreadLayout X86_64_GLIBC = new ThreadLayout(false, 8, -16, 16, 16, 18, 36);
    private static final ThreadLayout X86_64_MUSL = new ThreadLayout(false, 8, 0, 8, 16, 18, 36);
    private static final ThreadLayout AARCH64_GLIBC = new ThreadLayout(true, 0, -16, 16, 1028, 1030, 1031);
    private static final ThreadLayout AARCH64_MUSL = new ThreadLayout(true, -8, 0, 8, 1028, 1030, 1031);

    /** Null for other machines. */
    static @Nullable ThreadLayout of(int machine, boolean isMusl) {
        return switch (machine) {
            case MACHINE_X86_64 -> isMusl ? X86_64_MUSL : X86_64_GLIBC;
            case MACHINE_AARCH64 -> isMusl ? AARCH64_MUSL : AARCH64_GLIBC;
            default -> null;
        };
    }

    /**
     * The offset from the thread pointer of a variable of the main program, whose block is the first.
     *
     * @param value of the symbol: where in the segment it lies
     */
    long mainOffset(long value, LoadedElf.TlsSegment segment) {
        long mask = segment.align() - 1;
        if (isTlsAbove) {
            return 2 * Long.BYTES + ((segment.address() - 2 * Long.BYTES) & mask) + value;
        }
        return value - segment.bytes() - ((-segment.address() - segment.bytes()) & mask);
    }

    /** Whether this can be an offset from the thread pointer to a variable of static storage. */
    boolean isThreadOffset(long offset) {
        return isTlsAbove ? offset >= 0 && offset < 1L << 31 : offset < 0 && offset >= -(1L << 31);
    }
}
