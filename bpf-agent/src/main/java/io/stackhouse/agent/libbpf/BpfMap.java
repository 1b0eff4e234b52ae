package io.stackhouse.agent.libbpf;

import java.nio.ByteBuffer;

/**
 * One BPF map, by its file descriptor, which the {@link BpfObject} owns. Keys and values are buffers of the caller
 * ({@link NativeBuffer}) of at least the map's sizes. One thread at a time; after the object is closed every call throws.
 */
public final class BpfMap {
    private final String name;
    private final int keyBytes;
    private final int valueBytes;
    private final NativeBuffer batch = NativeBuffer.allocate(24);
    private int fd;

    BpfMap(String name, int fd, int keyBytes, int valueBytes) {
        this.name = name;
        this.fd = fd;
        this.keyBytes = keyBytes;
        this.valueBytes = valueBytes;
    }

    public int fd() {
        if (fd < 0) {
            throw new IllegalStateException("the BPF map " + name + " is closed");
        }
        return fd;
    }

    public String name() {
        return name;
    }

    public int keyBytes() {
        return keyBytes;
    }

    public int valueBytes() {
        return valueBytes;
    }

    /** Sets one entry; on an array of maps this returns only when no program uses the former map any more. */
    public void update(NativeBuffer key, NativeBuffer value) {
        NativeException.check(
                "bpf_map_update_elem " + name, Libbpf.bpf_map_update_elem(fd(), key.address(), value.address(), 0));
    }

    /** False if there is no such key. Per-CPU maps give one value for each possible CPU, each rounded up to 8 bytes. */
    public boolean lookup(NativeBuffer key, NativeBuffer value) {
        return found("bpf_map_lookup_elem ", Libbpf.bpf_map_lookup_elem(fd(), key.address(), value.address()));
    }

    /** False if there is no such key. */
    public boolean delete(NativeBuffer key) {
        return found("bpf_map_delete_elem ", Libbpf.bpf_map_delete_elem(fd(), key.address()));
    }

    /**
     * Takes entries out of a hash map that no program writes any more.
     *
     * @param capacity how many entries the two buffers hold; at least as many as the map may hold, so that one call takes all
     * @return how many were written to the buffers, from index 0 on
     */
    public int takeAll(NativeBuffer keys, NativeBuffer values, int capacity) {
        ByteBuffer out = batch.buffer();
        int taken = 0;
        boolean first = true;
        while (taken < capacity) {
            out.putInt(0, capacity - taken);
            int result = Libbpf.bpf_map_lookup_and_delete_batch(
                    fd(),
                    first ? 0 : batch.address() + 8,
                    batch.address() + 8,
                    keys.address() + (long) taken * keyBytes,
                    values.address() + (long) taken * valueBytes,
                    batch.address(),
                    0);
            if (result < 0 && result != -Errno.ENOENT) {
                throw new NativeException("bpf_map_lookup_and_delete_batch " + name, -result);
            }
            taken += out.getInt(0);
            first = false;
            if (result < 0) {
                break; // ENOENT: the end was reached
            }
        }
        return taken;
    }

    void closed() {
        fd = -1;
    }

    private boolean found(String call, int result) {
        if (result == -Errno.ENOENT) {
            return false;
        }
        NativeException.check(call + name, result);
        return true;
    }
}
