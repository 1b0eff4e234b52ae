package io.stackhouse.agent.libbpf;

import com.sun.jna.Memory;

/** Clocks of the kernel that the JDK does not offer. Not thread-safe: one instance per thread. */
public final class KernelClock {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private static final int MAX_READINGS = 20;
    /** Two readings of a clock and one between them take less than this when nothing comes in between. */
    private static final long UNDISTURBED_NANOS = 2_000;

    private final Memory time = new Memory(16);

    /**
     * What to add to a {@link #boottimeNanos} to get wall-clock time. The wall clock is read between two readings of the other; of several such
     * the shortest counts, since this thread may have to wait between them.
     */
    public long unixMinusBoottimeNanos() {
        long shortest = Long.MAX_VALUE;
        long difference = 0;
        for (int i = 0; i < MAX_READINGS && shortest > UNDISTURBED_NANOS; i++) {
            long before = boottimeNanos();
            long unix = read(Libc.CLOCK_REALTIME);
            long after = boottimeNanos();
            if (after - before < shortest) {
                shortest = after - before;
                difference = unix - (before + (after - before) / 2);
            }
        }
        return difference;
    }

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
