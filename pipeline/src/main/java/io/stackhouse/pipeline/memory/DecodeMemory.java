package io.stackhouse.pipeline.memory;

import io.stackhouse.pipeline.RejectedException;

/**
 * What decoding one request holds at a time, beside the request's body. Whoever is about to allocate takes the bytes here first:
 * they are charged to the request's {@link MemoryLease}, and they may not exceed a bound that follows from the body's length.
 *
 * <p>The bound is {@value #MAX_FACTOR} times the body, with the body itself counted in, plus {@link #CONSTANT_BYTES}. Real
 * requests need a third of it or less; a message of millions of empty rows would need more and is rejected. The lease is charged
 * with the most that was held at a time: what is given back, such as an array that was copied into a larger one, may be taken
 * again, but stays charged until the lease is closed.
 *
 * <p>One thread. When the bound is reached, RejectedException; when the budget is, what {@link MemoryLease#charge} throws.
 */
public final class DecodeMemory {
    /** A request and all that is decoded of it take less than so many times its length. */
    public static final int MAX_FACTOR = 16;

    /** And so many bytes more, so that small requests may have columns of a useful size. */
    public static final long CONSTANT_BYTES = 1 << 20;

    private static final long CHARGE_STEP_BYTES = 4096;

    private final MemoryLease lease;
    private final int bodyBytes;
    private final long maxBytes;
    private long heldBytes;
    private long chargedBytes;

    private DecodeMemory(MemoryLease lease, int bodyBytes, long maxBytes) {
        this.lease = lease;
        this.bodyBytes = bodyBytes;
        this.maxBytes = maxBytes;
    }

    /** For one request; the body itself has been charged by whoever read it. */
    public static DecodeMemory of(MemoryLease lease, int bodyBytes) {
        return new DecodeMemory(lease, bodyBytes, (MAX_FACTOR - 1L) * bodyBytes + CONSTANT_BYTES);
    }

    /** Charges nobody and has no bound; for columns that are not made of a request. */
    public static DecodeMemory unbounded() {
        return new DecodeMemory(MemoryLease.counting(), 0, Long.MAX_VALUE);
    }

    /** The bytes that an array takes. */
    public static long arrayBytes(long length, int elementBytes) {
        return (16 + length * elementBytes + 7) & ~7L;
    }

    /** At most what a string of so many bytes of UTF-8 takes when it is decoded. */
    public static long stringBytes(long utf8Bytes) {
        return utf8Bytes == 0 ? 0 : 48 + 2 * utf8Bytes;
    }

    /**
     * Takes what is about to be allocated.
     *
     * @param bytes 0 or more
     */
    public void take(long bytes) {
        long held = heldBytes + bytes;
        if (held > chargedBytes) {
            chargeUpTo(held);
        }
        heldBytes = held;
    }

    /** Gives back what nothing refers to any more. */
    public void giveBack(long bytes) {
        heldBytes -= bytes;
    }

    /** What is held now, in bytes. */
    public long heldBytes() {
        return heldBytes;
    }

    private void chargeUpTo(long held) {
        if (held > maxBytes) {
            throw new RejectedException("decoding the request would take more than " + MAX_FACTOR + " times its "
                    + bodyBytes + " bytes and " + CONSTANT_BYTES
                    + " bytes of memory; it has too many rows, profiles or values that hold almost nothing:"
                    + " leave them out, or send fewer at a time");
        }
        long charge = Math.min(Math.max(held - chargedBytes, CHARGE_STEP_BYTES), maxBytes - chargedBytes);
        lease.charge(charge);
        chargedBytes += charge;
    }
}
