package io.stackhouse.pipeline.log;

import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.Request;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A journal that lives as long as the process: what it accepted is lost with it. It bounds memory and orders requests.
 *
 * <p>When the budget is used up, requests are refused with the time after which a client should try again. A request larger than
 * the whole budget is accepted when nothing else is kept, so that it can't be refused for ever.
 */
public final class MemoryJournal implements Journal {
    private static final long RETRY_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long maxBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Entry> waiting = new ArrayDeque<>();
    private long pendingBytes;
    private long nextSequence;
    private boolean isSealed;

    /**
     * Makes an empty journal.
     *
     * @param maxBytes budget for the memory of kept requests, more than 0
     */
    public MemoryJournal(long maxBytes) {
        if (maxBytes <= 0) {
            throw new IllegalArgumentException("a journal needs a budget of more than 0 bytes, not " + maxBytes);
        }
        this.maxBytes = maxBytes;
    }

    @Override
    public void start() {
        // Ready when made.
    }

    @Override
    public void append(Request request, Ack ack) {
        RefusedException refusal = tryAppend(request);
        if (refusal == null) {
            ack.accepted();
        } else {
            ack.refused(refusal);
        }
    }

    private @Nullable RefusedException tryAppend(Request request) {
        lock.lock();
        try {
            if (isSealed) {
                return new RefusedException("the collector is stopping", RETRY_AFTER_NANOS);
            }
            long bytes = request.memoryBytes();
            if (pendingBytes > 0 && pendingBytes + bytes > maxBytes) {
                return new RefusedException(
                        "the journal holds " + pendingBytes + " of " + maxBytes
                                + " bytes; the destination is slower than what arrives",
                        RETRY_AFTER_NANOS);
            }
            pendingBytes += bytes;
            waiting.add(new Entry(nextSequence++, request));
            changed.signal();
            return null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public @Nullable Entry take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (waiting.isEmpty() && !isSealed) {
                changed.await();
            }
            return waiting.poll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void release(Entry entry) {
        lock.lock();
        try {
            pendingBytes -= entry.request().memoryBytes();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long pendingBytes() {
        lock.lock();
        try {
            return pendingBytes;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void seal() {
        lock.lock();
        try {
            isSealed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        seal();
    }
}
