package io.stackhouse.agent.process;

/**
 * What tells programs in execution apart although pids are used again and exec changes the program of a process.
 *
 * @param startBoottimeNanos when the process started, on the clock that runs from boot and counts suspended time too
 */
record ProcessKey(int pid, long startBoottimeNanos, long execId) {
    /** procfs counts in hundredths of a second on every architecture. */
    static final long NANOS_PER_TICK = 10_000_000;

    long startTicks() {
        return startBoottimeNanos / NANOS_PER_TICK;
    }
}
