package io.stackhouse.agent.libbpf;

/**
 * Memory of other processes, read without stopping them (process_vm_readv; takes CAP_SYS_PTRACE for processes of others). Holds nothing open. Not
 * thread-safe: one instance per thread.
 */
public final class ProcessMemory {
    // struct iovec {void *base; size_t length}, first the local one, then the remote one.
    private static final int IOVEC_BYTES = 16;

    private final NativeBuffer ranges = NativeBuffer.allocate(2 * IOVEC_BYTES);
    private final NativeBuffer memory;

    /**
     * A reader.
     *
     * @param mostBytes the longest range that one call reads
     */
    public ProcessMemory(int mostBytes) {
        memory = NativeBuffer.allocate(mostBytes);
    }

    /** Fills the array; false if any of the bytes cannot be read: not mapped, no right, or the process is gone. */
    public boolean read(int pid, long address, byte[] into) {
        ranges.buffer()
                .putLong(0, memory.address())
                .putLong(8, into.length)
                .putLong(IOVEC_BYTES, address)
                .putLong(IOVEC_BYTES + 8, into.length);
        long got = Libc.process_vm_readv(pid, ranges.address(), 1, ranges.address() + IOVEC_BYTES, 1, 0);
        if (got != into.length) {
            return false;
        }
        memory.buffer().get(0, into);
        return true;
    }
}
