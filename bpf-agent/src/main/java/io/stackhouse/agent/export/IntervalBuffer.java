package io.stackhouse.agent.export;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Intervals between the agent and the sender's thread, bounded by bytes, and the count of what became of them.
 *
 * <p>One thread {@linkplain #take takes} the oldest and settles it as {@link #sent}, {@link #rejected} or, to try again later, {@link #keep kept}. While it is in a
 * call it cannot be given up; while it waits for the next try it can, as any other. Threads: any, but one taker.
 */
final class IntervalBuffer {
    private static final long SHORT_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Interval> waiting = new ArrayDeque<>();
    private final long maxBytes;
    private @Nullable Interval inCall;
    private long bytes;
    private boolean closed;
    private int flushing;

    private long submitted;
    private long sent;
    private long sentBytes;
    private long sentProfiles;
    private long sentSamples;
    private long partlyRejectedProfiles;
    private long rejected;
    private long rejectedSamples;
    private long dropped;
    private long droppedSamples;
    private long retries;

    IntervalBuffer(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Adds the newest; returns how many of the oldest had to be given up for it. */
    int add(Interval interval) {
        lock.lock();
        try {
            submitted++;
            if (closed || interval.request.length > maxBytes) {
                drop(interval);
                return 1;
            }
            int given = 0;
            while (bytes + interval.request.length > maxBytes && !waiting.isEmpty()) {
                Interval oldest = waiting.removeFirst();
                bytes -= oldest.request.length;
                drop(oldest);
                given++;
            }
            if (bytes + interval.request.length > maxBytes) {
                // All room is taken by the one in a call.
                drop(interval);
                return given + 1;
            }
            waiting.addLast(interval);
            bytes += interval.request.length;
            changed.signalAll();
            return given;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the oldest interval; null when closed. */
    @Nullable
    Interval take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (waiting.isEmpty() && !closed) {
                changed.await();
            }
            inCall = closed ? null : waiting.pollFirst();
            return inCall;
        } finally {
            lock.unlock();
        }
    }

    void sent(Interval interval, long profilesRejected) {
        lock.lock();
        try {
            sent++;
            sentBytes += interval.request.length;
            sentProfiles += Math.max(0, interval.profiles - profilesRejected);
            sentSamples += interval.samples;
            partlyRejectedProfiles += profilesRejected;
            settle(interval);
        } finally {
            lock.unlock();
        }
    }

    void rejected(Interval interval) {
        lock.lock();
        try {
            rejected++;
            rejectedSamples += interval.samples;
            settle(interval);
        } finally {
            lock.unlock();
        }
    }

    /** Puts the interval back as the oldest. */
    void keep(Interval interval) {
        lock.lock();
        try {
            inCall = null;
            retries++;
            if (closed) {
                bytes -= interval.request.length;
                drop(interval);
            } else {
                waiting.addFirst(interval);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a time or until closed. While somebody waits for a flush the wait is short, if that is allowed. */
    void pause(Pause pause, long nanos, boolean mayBeShort) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long end = pause.nanoTime() + nanos;
            boolean isShort = false;
            long left = nanos;
            while (left > 0 && !closed) {
                if (mayBeShort && flushing > 0 && !isShort) {
                    isShort = true;
                    end = pause.nanoTime() + Math.min(left, SHORT_WAIT_NANOS);
                    left = Math.min(left, SHORT_WAIT_NANOS);
                }
                pause.await(changed, left);
                left = end - pause.nanoTime();
            }
        } finally {
            lock.unlock();
        }
    }

    boolean awaitEmpty(long timeoutNanos) throws InterruptedException {
        lock.lockInterruptibly();
        flushing++;
        try {
            changed.signalAll();
            long end = System.nanoTime() + timeoutNanos;
            while (inCall != null || !waiting.isEmpty()) {
                long left = end - System.nanoTime();
                if (left <= 0 || closed) {
                    return false;
                }
                long ignored = changed.awaitNanos(Math.min(left, TimeUnit.HOURS.toNanos(1)));
            }
            return true;
        } finally {
            flushing--;
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Gives up what waits; from now on nothing is taken or kept. Returns how many were given up. */
    int close() {
        lock.lock();
        try {
            closed = true;
            int given = waiting.size();
            for (Interval interval : waiting) {
                bytes -= interval.request.length;
                drop(interval);
            }
            waiting.clear();
            changed.signalAll();
            return given;
        } finally {
            lock.unlock();
        }
    }

    SenderCounters counters() {
        lock.lock();
        try {
            long buffered = (long) waiting.size() + (inCall == null ? 0 : 1);
            return new SenderCounters(
                    submitted,
                    sent,
                    sentBytes,
                    sentProfiles,
                    sentSamples,
                    partlyRejectedProfiles,
                    rejected,
                    rejectedSamples,
                    dropped,
                    droppedSamples,
                    retries,
                    buffered,
                    bytes);
        } finally {
            lock.unlock();
        }
    }

    private void settle(Interval interval) {
        inCall = null;
        bytes -= interval.request.length;
        changed.signalAll();
    }

    private void drop(Interval interval) {
        dropped++;
        droppedSamples += interval.samples;
    }
}
