package io.stackhouse.agent.jvm;

import io.stackhouse.agent.libbpf.BpfMap;
import io.stackhouse.agent.libbpf.NativeBuffer;
import io.stackhouse.agent.libbpf.NativeException;
import io.stackhouse.agent.process.TracedProcess;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the BPF program of JVMs. The map belongs to the BPF object. Threads: that of the symbolizer. */
final class HotspotMap implements JvmListener {
    private static final Logger LOG = LoggerFactory.getLogger(HotspotMap.class);

    private final BpfMap map;
    private final NativeBuffer key = NativeBuffer.allocate(Integer.BYTES);
    private final NativeBuffer value = NativeBuffer.allocate(HotspotLayout.BYTES);
    private final Map<Integer, TracedProcess> owners = new HashMap<>();

    HotspotMap(BpfMap map) {
        this.map = map;
    }

    @Override
    public void found(TracedProcess process, Jvm jvm) {
        ByteBuffer out = value.buffer();
        out.putLong(HotspotLayout.START_BOOTTIME, process.startBoottimeNanos())
                .putLong(HotspotLayout.EXEC_ID, process.execId())
                .putLong(HotspotLayout.INTERPRETER_LOW, jvm.interpreterLow())
                .putLong(HotspotLayout.INTERPRETER_HIGH, jvm.interpreterHigh());
        putHeaps(out, jvm);
        putLayout(out, jvm.layout());
        key.buffer().putInt(0, process.pid());
        try {
            map.update(key, value);
            owners.put(process.pid(), process);
        } catch (NativeException e) {
            LOG.warn("The stacks of the JVM {} cannot be walked: {}", process.pid(), e.getMessage());
        }
    }

    @Override
    public void forgotten(TracedProcess process) {
        if (owners.remove(process.pid(), process)) {
            key.buffer().putInt(0, process.pid());
            boolean unused = map.delete(key);
        }
    }

    private static void putHeaps(ByteBuffer out, Jvm jvm) {
        long low = -1;
        long high = 0;
        for (int i = 0; i < Jvm.MAX_HEAPS; i++) {
            boolean isThere = i < jvm.heaps().size();
            CodeHeap heap = isThere ? jvm.heaps().get(i) : new CodeHeap(0, 0, 0, 0);
            int at = HotspotLayout.HEAP + i * HotspotLayout.HEAP_BYTES;
            out.putLong(at + HotspotLayout.HEAP_LOW, heap.low())
                    .putLong(at + HotspotLayout.HEAP_HIGH, heap.high())
                    .putLong(at + HotspotLayout.HEAP_SEGMENTS, heap.segmentMap());
            if (isThere) {
                low = Long.compareUnsigned(heap.low(), low) < 0 ? heap.low() : low;
                high = Math.max(high, heap.high());
            }
        }
        out.putLong(HotspotLayout.LOW, low).putLong(HotspotLayout.HIGH, high);
        put(out, HotspotLayout.HEAPS, jvm.heaps().size());
        put(out, HotspotLayout.SEGMENT_SHIFT, jvm.heaps().get(0).segmentShift());
    }

    private static void putLayout(ByteBuffer out, JvmLayout layout) {
        put(out, HotspotLayout.HEAP_BLOCK_BYTES, layout.heapBlockBytes);
        put(out, HotspotLayout.BLOB_BYTES, layout.blobBytes);
        put(out, HotspotLayout.BLOB_NAME, layout.blobName);
        put(out, HotspotLayout.FRAME_SIZE, layout.frameSize);
        put(out, HotspotLayout.FRAME_COMPLETE, layout.frameComplete);
        put(out, HotspotLayout.FRAME_COMPLETE_BYTES, layout.isFrameCompleteShort ? Short.BYTES : Integer.BYTES);
        put(out, HotspotLayout.CODE, layout.code);
        put(out, HotspotLayout.CODE_IS_POINTER, layout.isCodePointer ? 1 : 0);
        put(out, HotspotLayout.DEOPT, layout.deoptHandler);
        put(out, HotspotLayout.DEOPT_IS_POINTER, layout.isDeoptPointer ? 1 : 0);
        put(out, HotspotLayout.ORIGINAL_PC, layout.originalPc);
        put(out, HotspotLayout.COMPILE_ID, layout.compileId);
        put(out, HotspotLayout.CONST_METHOD, layout.constMethod);
        put(out, HotspotLayout.CONST_METHOD_BYTES, layout.constMethodBytes);
        put(out, HotspotLayout.CONSTANTS, layout.constants);
        put(out, HotspotLayout.CODE_BYTES, layout.codeBytes);
        put(out, HotspotLayout.NAME_INDEX, layout.nameIndex);
    }

    private static void put(ByteBuffer out, int offset, int value) {
        out.putShort(offset, (short) value);
    }
}
