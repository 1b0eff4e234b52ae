package io.stackhouse.exporter.delivery;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Tells a thread that works and waits by when it has to end. Any thread. */
public final class StopSignal {
    /** While ending, waits are short: what can still be delivered should be. */
    private static final long LAST_PAUSE_NANOS = 200_000_000L;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition stopping = lock.newCondition();
    private boolean isStopping;
    private long deadlineNanos;

    /** Sets the deadline; the first call counts. */
    public void stopWithin(long nanos) {
        lock.lock();
        try {
            if (!isStopping) {
                isStopping = true;
                deadlineNanos = System.nanoTime() + nanos;
                stopping.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether the deadline has passed. */
    public boolean isPast() {
        lock.lock();
        try {
            return isStopping && System.nanoTime() - deadlineNanos >= 0;
        } finally {
            lock.unlock();
        }
    }

    /** Waits; less when it is time to end, or to try one last time. */
    public void pause(long nanos) throws InterruptedException {
        lock.lock();
        try {
            boolean wasStopping = isStopping;
            long left = wasStopping
                    ? Math.min(Math.min(nanos, LAST_PAUSE_NANOS), deadlineNanos - System.nanoTime())
                    : nanos;
            while (left > 0 && isStopping == wasStopping) {
                left = stopping.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
