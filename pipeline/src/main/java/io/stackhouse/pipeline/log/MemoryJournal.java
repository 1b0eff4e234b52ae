package io.stackhouse.pipeline.log;

import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.Request;
import io.stackhouse.pipeline.Telemetry;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A journal that lives as long as the process: what it accepted is lost with it. It bounds memory and orders requests.
 *
 * <p>When the budget is used up, requests are refused with the time after which a client should try again. A request larger than
 * the whole budget is accepted when nothing else is kept, so that it can't be refused for ever.
 */
public final class MemoryJournal implements Journal {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryJournal.class);

    private final long maxBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final JournalMetrics metrics;
    private final ArrayDeque<Entry> waiting = new ArrayDeque<>();
    private final Map<Long, Request> kept = new LinkedHashMap<>();
    private long pendingBytes;
    private long nextSequence;
    private boolean isSealed;
    private boolean isClosed;

    /**
     * Makes an empty journal.
     *
     * @param maxBytes budget for the memory of kept requests, more than 0
     */
    public MemoryJournal(long maxBytes, Telemetry telemetry) {
        if (maxBytes <= 0) {
            throw new IllegalArgumentException("a journal needs a budget of more than 0 bytes, not " + maxBytes);
        }
        this.maxBytes = maxBytes;
        this.metrics = new JournalMetrics(telemetry);
    }

    @Override
    public void start() {
        metrics.observe(this::figures, maxBytes, 0);
    }

    @Override
    public JournalFigures figures() {
        lock.lock();
        try {
            long oldest = kept.isEmpty()
                    ? Long.MAX_VALUE
                    : kept.values().iterator().next().receivedUnixNanos();
            return new JournalFigures(kept.size(), pendingBytes, 0, oldest);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void append(Request request, Ack ack) {
        Refusal refusal = tryAppend(request);
        if (refusal == null) {
            metrics.appended(1);
            ack.accepted();
        } else {
            metrics.refused(1, refusal.reason());
            ack.refused(refusal.exception());
        }
    }

    private @Nullable Refusal tryAppend(Request request) {
        lock.lock();
        try {
            if (isSealed) {
                return Refusal.stopping();
            }
            long bytes = request.memoryBytes();
            if (pendingBytes > 0 && pendingBytes + bytes > maxBytes) {
                return Refusal.of(
                        Refusal.Reason.MAX_SIZE,
                        "the journal holds " + pendingBytes + " of " + maxBytes
                                + " bytes; the destination is slower than what arrives");
            }
            pendingBytes += bytes;
            kept.put(nextSequence, request);
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
    public void release(long sequence) {
        lock.lock();
        try {
            Request released = kept.remove(sequence);
            pendingBytes -= released == null ? 0 : released.memoryBytes();
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
        long left = figures().records();
        if (left > 0 && !isClosed) {
            LOG.error("{} requests were accepted and not delivered; they were kept in memory alone and are lost", left);
        }
        isClosed = true;
        metrics.close();
    }
}
