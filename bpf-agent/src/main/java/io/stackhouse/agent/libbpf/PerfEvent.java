package io.stackhouse.agent.libbpf;

import com.sun.jna.Memory;

/**
 * A perf event of one CPU, which fires once per period of what it counts. Opened disabled; attaching a
 * program ({@link BpfProgram#attach}) enables it and takes it over. One thread at a time.
 */
public final class PerfEvent implements AutoCloseable {
    // struct perf_event_attr
    private static final int ATTRIBUTES_BYTES = 128;
    private static final int TYPE = 0;
    private static final int SIZE = 4;
    private static final int CONFIG = 8;
    private static final int PERIOD = 16;
    private static final int FLAGS = 40;
    private static final int TYPE_SOFTWARE = 1;
    private static final long SOFTWARE_CPU_CLOCK = 0;
    private static final long SOFTWARE_PAGE_FAULTS = 2;
    private static final long DISABLED = 1;
    private static final long EXCLUDE_IDLE = 1 << 7;

    private int fd;

    private PerfEvent(int fd) {
        this.fd = fd;
    }

    /**
     * Opens the event that fires each time the CPU has run something else than the idle task for one period.
     *
     * @param cpu an online CPU; all its threads are seen
     * @param periodNanos time between two events
     * @throws NativeException EACCES or EPERM without CAP_PERFMON
     */
    public static PerfEvent openCpuClock(int cpu, long periodNanos) {
        return open("cpu-clock", SOFTWARE_CPU_CLOCK, cpu, periodNanos);
    }

    /**
     * Opens the event that fires at one page fault in so many, minor and major ones.
     *
     * @param cpu an online CPU; all its threads are seen
     * @param period page faults between two events
     * @throws NativeException EACCES or EPERM without CAP_PERFMON
     */
    public static PerfEvent openPageFaults(int cpu, long period) {
        return open("page-faults", SOFTWARE_PAGE_FAULTS, cpu, period);
    }

    private static PerfEvent open(String name, long event, int cpu, long period) {
        Memory attributes = new Memory(ATTRIBUTES_BYTES);
        attributes.clear();
        attributes.setInt(TYPE, TYPE_SOFTWARE);
        attributes.setInt(SIZE, ATTRIBUTES_BYTES);
        attributes.setLong(CONFIG, event);
        attributes.setLong(PERIOD, period);
        attributes.setLong(FLAGS, DISABLED | EXCLUDE_IDLE);
        long fd = Libc.syscall(Libc.PERF_EVENT_OPEN, attributes, -1, cpu, -1, Libc.PERF_FLAG_FD_CLOEXEC);
        return new PerfEvent(NativeException.checkErrno("perf_event_open " + name + " on CPU " + cpu, (int) fd));
    }

    /** True until it is closed or a link has taken it over. */
    public boolean isOpen() {
        return fd >= 0;
    }

    @Override
    public void close() {
        int open = fd;
        fd = -1;
        if (open >= 0) {
            NativeException.checkErrno("close perf event", Libc.close(open));
        }
    }

    int fd() {
        return fd;
    }

    /** The link closes the descriptor from now on. */
    void release() {
        fd = -1;
    }
}
