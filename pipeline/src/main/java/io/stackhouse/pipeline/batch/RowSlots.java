package io.stackhouse.pipeline.batch;

import java.util.Arrays;

/**
 * Finds rows by their hashes: an open-addressing table of the numbers of rows, which are given out from 0 on. Whoever owns the rows
 * compares them: it asks for the {@link #first} that may be the one and the {@link #next} ones, and when there is none, {@link
 * #add}s, before it looks for anything else. One thread; it grows without a bound of its own.
 */
public final class RowSlots {
    private static final int INITIAL_SLOTS = 64;

    /** The hash in the upper half and the row's number plus one in the lower, so that a look-up reads one place of memory; 0 where nothing is. */
    private long[] slots = new long[INITIAL_SLOTS];

    private int count;
    /** Where the last search stands, and for what. */
    private int slot;

    private int hash;

    /** Number of rows. */
    public int count() {
        return count;
    }

    /** Forgets all rows; keeps its memory. */
    public void clear() {
        count = 0;
        Arrays.fill(slots, 0);
    }

    /** A row with the hash, or -1 when there is none. */
    public int first(int wanted) {
        hash = wanted;
        return found(wanted & (slots.length - 1));
    }

    /** Another row with the hash that {@link #first} was asked for, or -1. */
    public int next() {
        return found((slot + 1) & (slots.length - 1));
    }

    private int found(int from) {
        long[] table = slots;
        int mask = table.length - 1;
        int at = from;
        long entry = table[at];
        while (entry != 0 && (int) (entry >>> 32) != hash) {
            at = (at + 1) & mask;
            entry = table[at];
        }
        slot = at;
        return (int) entry - 1;
    }

    /** Adds the row that was looked for and not found; returns its number. */
    public int add() {
        int row = count++;
        slots[slot] = ((long) hash << 32) | count;
        if (count * 2 > slots.length) {
            rehash();
        }
        return row;
    }

    private void rehash() {
        long[] before = slots;
        slots = new long[before.length * 2];
        int mask = slots.length - 1;
        for (long entry : before) {
            if (entry != 0) {
                int at = (int) (entry >>> 32) & mask;
                while (slots[at] != 0) {
                    at = (at + 1) & mask;
                }
                slots[at] = entry;
            }
        }
    }
}
