package io.stackhouse.agent.jvm;

import io.stackhouse.agent.process.TargetMemory;
import io.stackhouse.agent.process.TargetReadException;

/**
 * The methods that one place in compiled code stands for, innermost first: the compiled one and those inlined into it. Reused for each place. Threads: one.
 *
 * <p>For each place where the virtual machine may stop, a compiled method has a PcDesc {offset in the code, offset in the debug information}, ascending by the
 * former. At the latter stand numbers: the caller's offset (0: none), the number of the method, bytecode index + 1, and more that is not needed here. Callers
 * are written before what they call, so that the offsets only fall.
 */
final class Scopes {
    static final int MAX_DEPTH = 256;
    private static final int MAX_PC_DESCS = 1 << 20;
    private static final int MAX_METADATA = 1 << 20;
    private static final int MAX_OFFSET = 1 << 28;

    private final long[] methods = new long[MAX_DEPTH];
    private final int[] bcis = new int[MAX_DEPTH];
    private int depth;

    int depth() {
        return depth;
    }

    /** Address of the Method. */
    long method(int i) {
        return methods[i];
    }

    /** Bytecode index; -1 before the first one. */
    int bci(int i) {
        return bcis[i];
    }

    /**
     * Reads what stands for an address in a compiled method's code.
     *
     * @param isReturn whether the address is where a call returns to; else it is the instruction that runs, to which the next place belongs
     */
    void read(TargetMemory memory, JvmLayout layout, long nmethod, long pc, boolean isReturn)
            throws TargetReadException {
        depth = 0;
        long code = layout.isCodePointer
                ? memory.pointer(nmethod + layout.code)
                : nmethod + memory.i32(nmethod + layout.code);
        long data = scopesData(memory, layout, nmethod);
        int offset = scopeAt(memory, layout, nmethod, pc - code + (isReturn ? 0 : 1));
        long metadata = metadata(memory, layout, nmethod);
        while (offset > 0 && offset < MAX_OFFSET && depth < MAX_DEPTH) {
            VariableLengthNumbers in = new VariableLengthNumbers(memory, data + offset, layout.excludedBytes());
            int sender = in.unsigned();
            int method = in.unsigned();
            int bci = in.unsigned() - 1;
            if (method < 1 || method > MAX_METADATA || sender >= offset) {
                throw new TargetReadException("debug information out of order");
            }
            methods[depth] = memory.pointer(metadata + 8L * (method - 1));
            bcis[depth++] = bci;
            offset = sender;
        }
    }

    /** The compiled method alone, for code without a PcDesc. */
    void readMethod(TargetMemory memory, JvmLayout layout, long nmethod) throws TargetReadException {
        methods[0] = memory.pointer(nmethod + layout.nmethodMethod);
        bcis[0] = -1;
        depth = 1;
    }

    private static long base(TargetMemory memory, JvmLayout layout, long nmethod) throws TargetReadException {
        return layout.hasImmutableData() ? memory.pointer(nmethod + layout.immutableData) : nmethod;
    }

    private static long scopesData(TargetMemory memory, JvmLayout layout, long nmethod) throws TargetReadException {
        return layout.hasImmutableData()
                ? base(memory, layout, nmethod) + memory.i32(nmethod + layout.scopesData)
                : memory.pointer(nmethod + layout.scopesData);
    }

    private static long metadata(TargetMemory memory, JvmLayout layout, long nmethod) throws TargetReadException {
        return layout.hasMetadataOffset()
                ? nmethod + memory.i32(nmethod + layout.metadata)
                : memory.pointer(nmethod + layout.mutableData) + memory.i32(nmethod + layout.relocationBytes);
    }

    /** Offset of the debug information of the first place at or behind the offset in the code; 0 if it has none. */
    private static int scopeAt(TargetMemory memory, JvmLayout layout, long nmethod, long codeOffset)
            throws TargetReadException {
        long base = base(memory, layout, nmethod);
        int from = memory.i32(nmethod + layout.scopesPcs);
        int to = memory.i32(nmethod + layout.scopesPcsEnd);
        int count = (to - from) / layout.pcDescBytes;
        if (from < 0 || count < 0 || count > MAX_PC_DESCS) {
            throw new TargetReadException("a compiled method with " + count + " places");
        }
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (memory.i32(base + from + (long) middle * layout.pcDescBytes + layout.pcDescPc) < codeOffset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == count ? 0 : memory.i32(base + from + (long) low * layout.pcDescBytes + layout.pcDescScope);
    }
}
