package io.stackhouse.pipeline.testing;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * What a piece of work takes of its thread: processor time, so that other load doesn't count, and bytes allocated, which is an upper
 * bound of what was ever held at one time. Stateless.
 */
public final class Cost {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long MAX_CPU_NANOS = 1_000_000_000;
    /** The first time a path is taken, its classes are loaded and instrumented, at the same thread's expense. */
    private static final int TRIES = 3;

    private Cost() {}

    /** Runs the work, and throws when it takes more than a second or allocates more than it may, each time that it is tried. */
    public static void check(String work, long maxAllocatedBytes, Runnable task) {
        for (int i = 1; ; i++) {
            long cpuBefore = THREADS.getCurrentThreadCpuTime();
            long allocatedBefore = THREADS.getCurrentThreadAllocatedBytes();
            task.run();
            long cpu = THREADS.getCurrentThreadCpuTime() - cpuBefore;
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - allocatedBefore;
            if (cpu <= MAX_CPU_NANOS && allocated <= maxAllocatedBytes) {
                return;
            }
            if (i == TRIES) {
                throw new AssertionError(work + " took " + cpu / 1_000_000 + " ms of processor time and allocated "
                        + allocated + " bytes; allowed are 1000 and " + maxAllocatedBytes);
            }
        }
    }
}
