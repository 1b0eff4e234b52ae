package io.stackhouse.agent.jvm;

import io.stackhouse.agent.process.TargetMemory;
import io.stackhouse.agent.process.TargetReadException;
import java.util.ArrayList;
import java.util.List;

/**
 * A running HotSpot: its layout and where its code lies. Fixed once the virtual machine has made its code cache. Immutable. Threads: any.
 *
 * @param interpreterLow where the interpreter's code begins
 * @param interpreterHigh the address behind it
 * @param callStubReturn where a method that native code called returns to; 0 if not known
 */
record Jvm(JvmLayout layout, List<CodeHeap> heaps, long interpreterLow, long interpreterHigh, long callStubReturn) {
    static final int MAX_HEAPS = 4;
    private static final long MAX_HEAP_BYTES = 4L << 30;

    /**
     * Reads it.
     *
     * @param code where the code of libjvm.so begins in memory
     * @param fileOffset of that code in the file
     * @throws TargetReadException if it is not a known HotSpot, or has not yet made its code cache
     */
    static Jvm read(TargetMemory memory, long code, long fileOffset) throws TargetReadException {
        VmStructs vm = VmStructs.read(memory, new LoadedLibrary(memory, code, fileOffset));
        int release = memory.i32(staticField(vm, "Abstract_VM_Version._vm_major_version"));
        JvmLayout layout = new JvmLayout(vm, release);
        long queue = memory.pointer(staticField(vm, "AbstractInterpreter._code"));
        long interpreter = memory.pointer(queue + vm.offset("StubQueue._stub_buffer"));
        int interpreterBytes = memory.i32(queue + vm.offset("StubQueue._buffer_limit"));
        long callStub = vm.address("StubRoutines._call_stub_return_address");
        return new Jvm(
                layout,
                List.copyOf(heaps(memory, vm)),
                interpreter,
                interpreter + Math.max(0, interpreterBytes),
                callStub == 0 ? 0 : memory.i64(callStub));
    }

    /** The code blob that has the address; 0 if there is none. */
    long blobOf(TargetMemory memory, long address) throws TargetReadException {
        for (CodeHeap heap : heaps) {
            if (heap.contains(address)) {
                long block = heap.blockOf(memory, address);
                return block == 0 ? 0 : block + layout.heapBlockBytes;
            }
        }
        return 0;
    }

    private static List<CodeHeap> heaps(TargetMemory memory, VmStructs vm) throws TargetReadException {
        long array = memory.pointer(staticField(vm, "CodeCache._heaps"));
        String base = vm.hasField("GrowableArrayBase._len") ? "GrowableArrayBase._len" : "GenericGrowableArray._len";
        int count = memory.i32(array + vm.offset(base));
        if (count < 1 || count > MAX_HEAPS) {
            throw new TargetReadException("the code cache has " + count + " parts");
        }
        long elements = memory.pointer(array + vm.offset("GrowableArray<int>._data"));
        List<CodeHeap> heaps = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long heap = memory.pointer(elements + 8L * i);
            long space = heap + vm.offset("CodeHeap._memory");
            long segments = heap + vm.offset("CodeHeap._segmap");
            long low = memory.pointer(space + vm.offset("VirtualSpace._low_boundary"));
            long high = memory.pointer(space + vm.offset("VirtualSpace._high_boundary"));
            int shift = memory.i32(heap + vm.offset("CodeHeap._log2_segment_size"));
            if (high - low <= 0 || high - low > MAX_HEAP_BYTES || shift < 3 || shift > 20) {
                throw new TargetReadException(
                        "a part of the code cache has " + (high - low) + " bytes in segments of 2^" + shift);
            }
            heaps.add(
                    new CodeHeap(low, high, memory.pointer(segments + vm.offset("VirtualSpace._low_boundary")), shift));
        }
        return heaps;
    }

    private static long staticField(VmStructs vm, String name) throws TargetReadException {
        long address = vm.address(name);
        if (address == 0) {
            throw new TargetReadException("this HotSpot does not tell where " + name + " is");
        }
        return address;
    }
}
