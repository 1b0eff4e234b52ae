package io.stackhouse.agent.symbol;

import io.stackhouse.agent.elf.Pace;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Holds the thread that steps to a share of one core: a bucket of CPU time that fills as time passes, and waits when it is empty. Threads: one steps; {@link #end} by any.
 */
final class CpuPace implements Pace {
    private static final long MAX_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final double share;
    private final long burstNanos;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private long lastCpuNanos = -1;
    private long lastNanos;
    private long leftNanos;

    CpuPace(double share, Duration burst) {
        this.share = share;
        burstNanos = burst.toNanos();
        leftNanos = burstNanos;
    }

    @Override
    public void step() throws IOException {
        account();
        while (leftNanos <= 0 && ended.getCount() > 0) {
            try {
                long missing = (long) Math.min((double) MAX_WAIT_NANOS, (1_000_000 - leftNanos) / share);
                if (ended.await(missing, TimeUnit.NANOSECONDS)) {
                    break;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while waiting for CPU time");
            }
            account();
        }
        if (ended.getCount() == 0) {
            throw new InterruptedIOException("the agent ends");
        }
    }

    /** Makes the thread that steps give up. */
    void end() {
        ended.countDown();
    }

    private void account() {
        long cpu = threads.getCurrentThreadCpuTime();
        long now = System.nanoTime();
        if (lastCpuNanos >= 0) {
            leftNanos -= cpu - lastCpuNanos;
            leftNanos = Math.min(burstNanos, leftNanos + (long) (share * (now - lastNanos)));
        }
        lastCpuNanos = cpu;
        lastNanos = now;
    }
}
