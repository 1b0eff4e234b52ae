package io.stackhouse.exporter.clickhouse;

import io.stackhouse.pipeline.batch.Batch;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Batches on their way from the lanes to the exporter's thread.
 *
 * <p>Any thread puts, one takes. It has no bound of its own: every batch in it is kept by the journal, whose budget is the
 * bound. After {@link #close} nothing goes in, and what is in still comes out.
 */
final class BatchQueue {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Batch> batches = new ArrayDeque<>();
    private long rows;
    private boolean isClosed;

    /** Says false when the queue is closed; the batch is the caller's then. */
    boolean offer(Batch batch) {
        lock.lock();
        try {
            if (isClosed) {
                return false;
            }
            batches.addLast(batch);
            rows += batch.size();
            changed.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The next batch; null when none came in time, or none will come. */
    @Nullable
    Batch poll(long timeoutNanos) throws InterruptedException {
        lock.lock();
        try {
            long left = timeoutNanos;
            while (batches.isEmpty() && !isClosed && left > 0) {
                left = changed.awaitNanos(left);
            }
            return remove();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Batch remove() {
        Batch batch = batches.pollFirst();
        if (batch != null) {
            rows -= batch.size();
        }
        return batch;
    }

    /** Rows of the batches in it. */
    long rows() {
        lock.lock();
        try {
            return rows;
        } finally {
            lock.unlock();
        }
    }

    /** Whether it is closed and nothing is left in it. */
    boolean isFinished() {
        lock.lock();
        try {
            return isClosed && batches.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            isClosed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What no one will send any more; after {@link #close}. */
    @Nullable
    Batch takeLeftOver() {
        lock.lock();
        try {
            return remove();
        } finally {
            lock.unlock();
        }
    }
}
