package io.stackhouse.exporter.otlp;

import io.stackhouse.exporter.otlp.SendingQueue.Sizer;
import io.stackhouse.pipeline.batch.Batch;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Batches on their way from the lanes to the threads that send them. Any thread puts, several take.
 *
 * <p>When it is full, what comes is either refused or waits all the same, as the settings say: then its receipt stays open, and the
 * journal's budget is the bound. After {@link #close} nothing goes in, and what is in still comes out.
 */
final class RequestQueue {
    private final SendingQueue settings;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Batch> batches = new ArrayDeque<>();
    private long size;
    private boolean isClosed;

    /** What became of a batch that was to go in. */
    enum Offer {
        TAKEN,
        /** The batch is the caller's to drop. */
        FULL,
        CLOSED
    }

    RequestQueue(SendingQueue settings) {
        this.settings = settings;
    }

    Offer offer(Batch batch) {
        lock.lock();
        try {
            if (isClosed) {
                return Offer.CLOSED;
            }
            if (!settings.blockOnOverflow() && size > 0 && size + sizeOf(batch) > settings.queueSize()) {
                return Offer.FULL;
            }
            batches.addLast(batch);
            size += sizeOf(batch);
            changed.signal();
            return Offer.TAKEN;
        } finally {
            lock.unlock();
        }
    }

    private long sizeOf(Batch batch) {
        return settings.sizer() == Sizer.ITEMS ? batch.size() : 1;
    }

    /** The next batch; null once the queue is closed and empty. */
    @Nullable
    Batch take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (batches.isEmpty() && !isClosed) {
                changed.await();
            }
            Batch batch = batches.pollFirst();
            if (batch != null) {
                size -= sizeOf(batch);
            }
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /** What is in it, without waiting. */
    @Nullable
    Batch poll() {
        lock.lock();
        try {
            Batch batch = batches.pollFirst();
            if (batch != null) {
                size -= sizeOf(batch);
            }
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /** In the sizer's unit. */
    long size() {
        lock.lock();
        try {
            return size;
        } finally {
            lock.unlock();
        }
    }

    long capacity() {
        return settings.queueSize();
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
}
