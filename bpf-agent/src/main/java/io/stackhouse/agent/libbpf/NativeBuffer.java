package io.stackhouse.agent.libbpf;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Zeroed native memory with one view of it, in the machine's byte order. Not thread-safe. The memory is freed when the object is
 * no longer reachable: keep it in a field for as long as native code may use it.
 */
public final class NativeBuffer {
    private final Memory memory;
    private final ByteBuffer buffer;
    private final long address;

    private NativeBuffer(Memory memory) {
        this.memory = memory;
        this.buffer = memory.getByteBuffer(0, memory.size()).order(ByteOrder.nativeOrder());
        this.address = Pointer.nativeValue(memory);
    }

    /** Zeroed memory of so many bytes, at least 1. */
    public static NativeBuffer allocate(int bytes) {
        Memory memory = new Memory(bytes);
        memory.clear();
        return new NativeBuffer(memory);
    }

    /** The view; its position and limit are the caller's. */
    public ByteBuffer buffer() {
        return buffer;
    }

    public int bytes() {
        return buffer.capacity();
    }

    long address() {
        return address;
    }

    Pointer pointer() {
        return memory;
    }
}
