package io.stackhouse.pipeline.memory;

import java.util.concurrent.atomic.AtomicLong;

/**
 * One request's part of a {@link MemoryBudget}. It grows while the request is read and decoded, and is given back as a whole.
 *
 * <p>Threads: any; charges after {@link #close} throw IllegalStateException and take nothing.
 */
public final class MemoryLease implements AutoCloseable {
    private static final long CLOSED = Long.MIN_VALUE;

    private final MemoryBudget budget;
    private final AtomicLong bytes = new AtomicLong();

    MemoryLease(MemoryBudget budget) {
        this.budget = budget;
    }

    /** A lease that only counts; for bytes that are bounded elsewhere, such as those of a journal that is read back. */
    public static MemoryLease counting() {
        return new MemoryBudget(Long.MAX_VALUE).open();
    }

    /**
     * Charges what is about to be allocated.
     *
     * @param more 0 or more
     * @throws io.stackhouse.pipeline.RefusedException when other requests leave no room for it now; nothing is charged then
     * @throws io.stackhouse.pipeline.TooLargeException when there would be no room for it if it were alone
     */
    public void charge(long more) {
        long before = bytes.get();
        if (before < 0) {
            throw new IllegalStateException("the request has ended; its memory lease is closed");
        }
        budget.take(more, before);
        if (bytes.addAndGet(more) < 0) {
            // Closed meanwhile: close() gave back what was there before.
            bytes.set(CLOSED);
            budget.giveBack(more);
            throw new IllegalStateException("the request has ended; its memory lease is closed");
        }
    }

    /**
     * Gives back what was let go before the request's end; nothing when the lease is closed, which gave back all.
     *
     * @param less 0 to what was charged
     */
    public void release(long less) {
        long before = bytes.get();
        while (before >= 0) {
            if (less < 0 || less > before) {
                throw new IllegalArgumentException("a lease of " + before + " bytes can't give back " + less);
            }
            if (bytes.compareAndSet(before, before - less)) {
                budget.giveBack(less);
                return;
            }
            before = bytes.get();
        }
    }

    /** Charged so far; 0 when closed. */
    public long bytes() {
        return Math.max(0, bytes.get());
    }

    @Override
    public void close() {
        long held = bytes.getAndSet(CLOSED);
        if (held > 0) {
            budget.giveBack(held);
        }
    }
}
