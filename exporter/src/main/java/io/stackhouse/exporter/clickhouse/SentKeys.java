package io.stackhouse.exporter.clickhouse;

import java.util.Arrays;

/**
 * Remembers which stacks or resources ClickHouse has already, so that each is sent once. Bounded: when it is full, the older half
 * is forgotten, and what was in it is sent again when it is seen again, which does no harm.
 *
 * <p>Keys are 64-bit hashes; two different ones that are equal make the second go missing, at odds of n²/2⁶⁵. One thread.
 */
final class SentKeys {
    private final int generationSize;
    private final LongSet pending = new LongSet();
    private LongSet young = new LongSet();
    private LongSet old = new LongSet();

    /** @param capacity how many keys are remembered at most; 1 or more */
    SentKeys(int capacity) {
        generationSize = Math.max(1, capacity / 2);
    }

    /** Whether the key must be sent; says so once, until {@link #discard}. */
    boolean isNew(long key) {
        if (young.contains(key) || pending.contains(key)) {
            return false;
        }
        if (old.contains(key)) {
            remember(key);
            return false;
        }
        pending.add(key);
        return true;
    }

    /** What was new is stored now. */
    void commit() {
        for (int i = 0; i < pending.slots.length; i++) {
            if (pending.slots[i] != 0) {
                remember(pending.slots[i]);
            }
        }
        pending.clear();
    }

    /** What was new was not stored. */
    void discard() {
        pending.clear();
    }

    /** Everything is new again. */
    void clear() {
        pending.clear();
        young.clear();
        old.clear();
    }

    private void remember(long key) {
        if (young.size >= generationSize) {
            LongSet forgotten = old;
            old = young;
            young = forgotten;
            young.clear();
        }
        young.add(key == 0 ? 1 : key);
    }

    /** Open addressing, at most half full; 0 stands for a free slot, and the key 0 for 1. */
    private static final class LongSet {
        private long[] slots = new long[64];
        private int size;

        boolean contains(long key) {
            long wanted = key == 0 ? 1 : key;
            int i = slot(wanted);
            while (slots[i] != 0) {
                if (slots[i] == wanted) {
                    return true;
                }
                i = i + 1 & slots.length - 1;
            }
            return false;
        }

        void add(long key) {
            if (size * 2 >= slots.length) {
                grow();
            }
            long wanted = key == 0 ? 1 : key;
            int i = slot(wanted);
            while (slots[i] != 0) {
                if (slots[i] == wanted) {
                    return;
                }
                i = i + 1 & slots.length - 1;
            }
            slots[i] = wanted;
            size++;
        }

        void clear() {
            if (size > 0) {
                Arrays.fill(slots, 0);
                size = 0;
            }
        }

        private void grow() {
            long[] before = slots;
            slots = new long[before.length * 2];
            size = 0;
            for (long key : before) {
                if (key != 0) {
                    add(key);
                }
            }
        }

        private int slot(long key) {
            return (int) ((key * 0x9E3779B97F4A7C15L) >>> 32) & slots.length - 1;
        }
    }
}
