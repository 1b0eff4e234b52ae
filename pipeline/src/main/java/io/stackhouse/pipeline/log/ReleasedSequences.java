package io.stackhouse.pipeline.log;

import java.util.BitSet;

/** Which sequences are done with, when they are done in any order: all below a mark, and some above it. Confined to a lock. */
final class ReleasedSequences {
    private static final int TRIM_BITS = 1 << 12;

    private long base;
    private final BitSet above = new BitSet();
    private int lowest;

    ReleasedSequences(long first) {
        this.base = first;
    }

    /** The lowest sequence that is not done with. */
    long mark() {
        return base + lowest;
    }

    void release(long sequence) {
        if (sequence < mark()) {
            return;
        }
        above.set((int) (sequence - base));
        lowest = above.nextClearBit(lowest);
        if (lowest >= TRIM_BITS) {
            trim();
        }
    }

    /** Whether the sequence is done with. */
    boolean isReleased(long sequence) {
        return sequence < mark() || above.get((int) (sequence - base));
    }

    /** Releases everything below the sequence. */
    void releaseBelow(long sequence) {
        if (sequence > mark()) {
            above.set(lowest, (int) (sequence - base));
            lowest = above.nextClearBit(lowest);
            trim();
        }
    }

    private void trim() {
        BitSet rest = above.get(lowest, Math.max(lowest, above.length()));
        above.clear();
        above.or(rest);
        base += lowest;
        lowest = 0;
    }
}
