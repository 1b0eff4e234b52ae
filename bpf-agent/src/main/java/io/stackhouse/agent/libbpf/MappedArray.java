package io.stackhouse.agent.libbpf;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An array map whose values are part of our own memory too: what is written there, programs see, and the other way round. One thread at a time. After
 * {@link #close()} the buffer must not be touched: its memory is gone.
 */
public final class MappedArray implements AutoCloseable {
    private static final int CLOSED = -2;
    private static final int TYPE_ARRAY = 2;
    private static final int FLAG_MMAPABLE = 1 << 10;

    // struct bpf_map_create_opts
    private static final int OPTIONS_BYTES = 48;
    private static final int OPTION_FLAGS = 28;

    private final long address;
    private final int bytes;
    private final ByteBuffer buffer;
    private int ownFd;

    private MappedArray(int fd, int ownFd, int bytes) {
        this.bytes = bytes;
        this.ownFd = ownFd;
        address = Libc.mmap(0, bytes, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_SHARED, fd, 0);
        if (address == Libc.MAP_FAILED) {
            throw new NativeException("mmap array map", Errno.last());
        }
        buffer = new Pointer(address).getByteBuffer(0, bytes).order(ByteOrder.nativeOrder());
    }

    /** Maps an array of an object, which must have BPF_F_MMAPABLE; {@code bytes} are those of all its values. */
    public static MappedArray of(BpfMap map, int bytes) {
        return new MappedArray(map.fd(), -1, bytes);
    }

    /** Creates an array of one value, a multiple of the page size, and maps it. */
    public static MappedArray create(String name, int valueBytes) {
        Memory options = new Memory(OPTIONS_BYTES);
        options.clear();
        options.setLong(0, OPTIONS_BYTES);
        options.setInt(OPTION_FLAGS, FLAG_MMAPABLE);
        int fd = NativeException.check(
                "bpf_map_create " + name,
                Libbpf.bpf_map_create(TYPE_ARRAY, name, Integer.BYTES, valueBytes, 1, options));
        try {
            return new MappedArray(fd, fd, valueBytes);
        } catch (NativeException e) {
            int unused = Libc.close(fd);
            throw e;
        }
    }

    /** The values, in the byte order of the machine. */
    public ByteBuffer buffer() {
        return buffer;
    }

    public int bytes() {
        return bytes;
    }

    /** The descriptor of a created array. */
    public int fd() {
        if (ownFd < 0) {
            throw new IllegalStateException("no created array, or closed");
        }
        return ownFd;
    }

    /** Unmaps it; a created array lives on only where a map of maps has it. A second call does nothing. */
    @Override
    public void close() {
        if (ownFd == CLOSED) {
            return;
        }
        int fd = ownFd;
        ownFd = CLOSED;
        NativeException.checkErrno("munmap array map", Libc.munmap(address, bytes));
        if (fd >= 0) {
            NativeException.checkErrno("close array map", Libc.close(fd));
        }
    }
}
