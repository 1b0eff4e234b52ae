package io.stackhouse.agent.libbpf;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The mapped pages of a ring-buffer map and a way to wait for it. One thread at a time. After {@link #close()} the buffers must
 * not be touched: their memory is gone.
 */
public final class RingMapping implements AutoCloseable {
    // struct epoll_event is packed on x86-64 alone; 16 bytes hold either form.
    private static final int EPOLL_EVENT_BYTES = 16;

    private final Memory event = new Memory(EPOLL_EVENT_BYTES);
    private final int pageBytes = Libc.getpagesize();
    private final int dataBytes;
    private final long consumerAddress;
    private final long producerAddress;
    private final int epollFd;
    private boolean open = true;

    /**
     * Maps the ring.
     *
     * @param dataBytes the map's max_entries: a power of two and a multiple of the page size
     */
    public RingMapping(BpfMap map, int dataBytes) {
        this.dataBytes = dataBytes;
        consumerAddress = map(map, pageBytes, Libc.PROT_READ | Libc.PROT_WRITE, 0);
        producerAddress = map(map, pageBytes + 2L * dataBytes, Libc.PROT_READ, pageBytes);
        epollFd = NativeException.checkErrno("epoll_create1", Libc.epoll_create1(Libc.EPOLL_CLOEXEC));
        event.clear();
        event.setInt(0, Libc.EPOLLIN);
        NativeException.checkErrno(
                "epoll_ctl ring buffer", Libc.epoll_ctl(epollFd, Libc.EPOLL_CTL_ADD, map.fd(), event));
    }

    /** One page: the position up to which records were consumed stands at offset 0. */
    public ByteBuffer consumerPage() {
        return view(consumerAddress, pageBytes);
    }

    /** One page, read-only: the position up to which records were reserved stands at offset 0. */
    public ByteBuffer producerPage() {
        return view(producerAddress, pageBytes).asReadOnlyBuffer().order(ByteOrder.nativeOrder());
    }

    /** The data, twice in a row so that no record wraps; read-only. */
    public ByteBuffer data() {
        return view(producerAddress + pageBytes, 2 * dataBytes)
                .asReadOnlyBuffer()
                .order(ByteOrder.nativeOrder());
    }

    /** Bytes of this process's address space that show BPF memory. */
    public long mappedBytes() {
        return 2L * pageBytes + 2L * dataBytes;
    }

    /** Waits until the kernel program asks for a wake-up or the time is over. False when the time was over, or at a signal. */
    public boolean await(int timeoutMillis) {
        int ready = Libc.epoll_wait(epollFd, event, 1, timeoutMillis);
        if (ready < 0 && Errno.last() != Errno.EINTR) {
            throw new NativeException("epoll_wait", Errno.last());
        }
        return ready > 0;
    }

    @Override
    public void close() {
        if (!open) {
            return;
        }
        open = false;
        NativeException.checkErrno("close epoll", Libc.close(epollFd));
        NativeException.checkErrno("munmap ring", Libc.munmap(producerAddress, pageBytes + 2L * dataBytes));
        NativeException.checkErrno("munmap ring", Libc.munmap(consumerAddress, pageBytes));
    }

    private static long map(BpfMap map, long bytes, int protection, long offset) {
        long address = Libc.mmap(0, bytes, protection, Libc.MAP_SHARED, map.fd(), offset);
        if (address == Libc.MAP_FAILED) {
            throw new NativeException("mmap ring buffer", Errno.last());
        }
        return address;
    }

    private static ByteBuffer view(long address, int bytes) {
        return new Pointer(address).getByteBuffer(0, bytes).order(ByteOrder.nativeOrder());
    }
}
