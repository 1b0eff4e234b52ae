package io.stackhouse.agent.libbpf;

import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;

/** The system calls that neither the JDK nor libbpf offers, mapped directly. On failure they return -1 and errno says why. */
final class Libc {
    static final int PROT_READ = 1;
    static final int PROT_WRITE = 2;
    static final int MAP_SHARED = 1;
    static final long MAP_FAILED = -1;
    static final int CLOCK_REALTIME = 0;
    static final int CLOCK_PROCESS_CPUTIME_ID = 2;
    static final int CLOCK_THREAD_CPUTIME_ID = 3;
    static final int CLOCK_BOOTTIME = 7;
    static final int EPOLL_CLOEXEC = 0x80000;
    static final int EPOLL_CTL_ADD = 1;
    static final int EPOLLIN = 1;
    static final long PERF_FLAG_FD_CLOEXEC = 8;

    /** The number of perf_event_open, which libc has no function for. */
    static final long PERF_EVENT_OPEN = Platform.isARM() ? 241 : 298;

    static {
        Native.register(Libc.class, Platform.C_LIBRARY_NAME);
    }

    /** Not declared variadic: on the two supported architectures a call with long arguments is the same. */
    static native long syscall(long number, Pointer attributes, long pid, long cpu, long groupFd, long flags);

    static native long mmap(long address, long length, int protection, int flags, int fd, long offset);

    static native int munmap(long address, long length);

    static native int close(int fd);

    static native long process_vm_readv(
            int pid, long local, long localCount, long remote, long remoteCount, long flags);

    static native int epoll_create1(int flags);

    static native int epoll_ctl(int epollFd, int operation, int fd, Pointer event);

    static native int epoll_wait(int epollFd, Pointer events, int maxEvents, int timeoutMillis);

    static native int clock_gettime(int clock, Pointer time);

    static native int getpagesize();

    private Libc() {}
}
