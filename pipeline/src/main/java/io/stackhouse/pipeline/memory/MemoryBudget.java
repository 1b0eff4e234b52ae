package io.stackhouse.pipeline.memory;

import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.TooLargeException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes that requests in flight may take together: bodies, what they inflate to, and what is decoded of them.
 *
 * <p>Threads: any. A budget doesn't allocate anything; whoever is about to, charges its {@link MemoryLease} first.
 */
public final class MemoryBudget {
    private static final long RETRY_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long maxBytes;
    private final AtomicLong usedBytes = new AtomicLong();

    /**
     * Makes an unused one.
     *
     * @param maxBytes 1 or more
     */
    public MemoryBudget(long maxBytes) {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("a memory budget must be 1 byte or more, not " + maxBytes);
        }
        this.maxBytes = maxBytes;
    }

    public long maxBytes() {
        return maxBytes;
    }

    /** Charged and not given back yet. */
    public long usedBytes() {
        return usedBytes.get();
    }

    /** An empty lease; its holder closes it. */
    public MemoryLease open() {
        return new MemoryLease(this);
    }

    /**
     * Takes bytes for a lease.
     *
     * @param leasedBytes what the lease holds already
     */
    void take(long bytes, long leasedBytes) {
        if (bytes > maxBytes - leasedBytes) {
            throw new TooLargeException("the request needs more memory than the " + maxBytes
                    + " bytes that all requests together may take; send less at a time");
        }
        long before = usedBytes.getAndAdd(bytes);
        if (before > maxBytes - bytes) {
            usedBytes.addAndGet(-bytes);
            throw new RefusedException(
                    "requests in flight take " + before + " of " + maxBytes + " bytes, this one needs " + bytes
                            + " more",
                    RETRY_AFTER_NANOS);
        }
    }

    void giveBack(long bytes) {
        usedBytes.addAndGet(-bytes);
    }
}
