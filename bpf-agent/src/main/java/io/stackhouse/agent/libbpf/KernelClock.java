package io.stackhouse.agent.libbpf;

import com.sun.jna.Memory;

/** Clocks of the kernel that the JDK does not offer. Not thread-safe: one instance per thread. */
public final class KernelClock {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final Memory time = new Memory(16);

    /** Nanoseconds since boot, time asleep included; the clock of sample timestamps and of process start times. */
    public long boottimeNanos() {
        return read(Libc.CLOCK_BOOTTIME);
    }

    /** CPU time of this process, user and system. */
    public long processCpuNanos() {
        return read(Libc.CLOCK_PROCESS_CPUTIME_ID);
    }

    /** CPU time of the calling thread, user and system. */
    public long threadCpuNanos() {
        return read(Libc.CLOCK_THREAD_CPUTIME_ID);
    }

    private long read(int clock) {
        NativeException.checkErrno("clock_gettime", Libc.clock_gettime(clock, time));
        return time.getLong(0) * NANOS_PER_SECOND + time.getLong(8);
    }
}
