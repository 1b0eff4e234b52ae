package io.stackhouse.agent.context;

import io.stackhouse.agent.libbpf.BpfMap;
import io.stackhouse.agent.libbpf.NativeBuffer;
import io.stackhouse.agent.libbpf.NativeException;
import io.stackhouse.agent.process.TracedProcess;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** Tells the BPF program where the threads of processes keep their contexts. The map belongs to the BPF object. Threads: one. */
final class ContextMap {
    private final BpfMap map;
    private final NativeBuffer key = NativeBuffer.allocate(Integer.BYTES);
    private final NativeBuffer value = NativeBuffer.allocate(ContextLayout.BYTES);
    private final Map<Integer, TracedProcess> owners = new HashMap<>();

    ContextMap(BpfMap map) {
        this.map = map;
    }

    /** False if there is no room. */
    boolean put(TracedProcess process, VariablePlace place) {
        ByteBuffer out = value.buffer();
        out.putLong(ContextLayout.START_BOOTTIME, process.startBoottimeNanos())
                .putLong(ContextLayout.EXEC_ID, process.execId())
                .putLong(ContextLayout.OFFSET, place.offset())
                .putLong(ContextLayout.MODULE, place.module())
                .putInt(ContextLayout.VECTOR, place.vector())
                .putInt(ContextLayout.SLOTS, place.slots())
                .putInt(ContextLayout.SLOT_BYTES, place.slotBytes());
        key.buffer().putInt(0, process.pid());
        try {
            map.update(key, value);
            owners.put(process.pid(), process);
            return true;
        } catch (NativeException e) {
            return false;
        }
    }

    /** Takes it out, unless its pid has been given to another program since. */
    void remove(TracedProcess process) {
        if (owners.remove(process.pid(), process)) {
            key.buffer().putInt(0, process.pid());
            boolean unused = map.delete(key);
        }
    }
}
