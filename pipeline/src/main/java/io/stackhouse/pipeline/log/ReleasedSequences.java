package io.stackhouse.pipeline.log;

import java.util.BitSet;

/** Which sequences are done with, when they are done in any order: all below a mark, and some above it. Confined to a lock. */
final class ReleasedSequences {
    private static final int TRIM_BITS = 1 << 12;

    private long base;
    private BitSet above = new BitSet();
    private int lowest;

    ReleasedSequences(long first) {
        this.base = first;
    }

    /** The lowest sequence that is not done with. */
    long mark() {
        return base + lowest;
    }

    void release(long sequence) {
        release(sequence, sequence + 1);
    }

    /** Releases those from {@code from} on, below {@code end}. */
    void release(long from, long end) {
        long first = Math.max(from, mark());
        if (end <= first) {
            return;
        }
        if (first == mark()) {
            releaseBelow(end);
            return;
        }
        above.set(Math.toIntExact(first - base), Math.toIntExact(end - base));
    }

    /** Whether the sequence is done with. */
    boolean isReleased(long sequence) {
        return sequence < mark() || above.get(Math.toIntExact(sequence - base));
    }

    /** How many from {@code from} on, below {@code end}, are not done with. */
    long countOpen(long from, long end) {
        long first = Math.max(from, mark());
        if (end <= first) {
            return 0;
        }
        BitSet range = above.get(Math.toIntExact(first - base), Math.toIntExact(end - base));
        return end - first - range.cardinality();
    }

    /** Releases everything below the sequence. */
    void releaseBelow(long end) {
        if (end <= mark()) {
            return;
        }
        if (end - base >= above.length()) {
            // Nothing above it is done with: no bits, however far it goes.
            above.clear();
            base = end;
            lowest = 0;
            return;
        }
        lowest = above.nextClearBit((int) (end - base));
        if (lowest >= TRIM_BITS) {
            above = above.get(lowest, Math.max(lowest, above.length()));
            base += lowest;
            lowest = 0;
        }
    }
}
