package io.stackhouse.pipeline.batch;

import java.util.Arrays;

/**
 * Finds rows by their hashes: an open-addressing table of the numbers of rows, which are given out from 0 on. Whoever owns the rows
 * compares them: it asks for the {@link #first} that may be the one and the {@link #next} ones, and when there is none, {@link
 * #add}s, before it looks for anything else. One thread; it grows without a bound of its own.
 */
public final class RowSlots {
    private static final int INITIAL_SLOTS = 64;

    private int[] hashes = new int[INITIAL_SLOTS / 2];
    private int[] slots = new int[INITIAL_SLOTS];
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
        slot = wanted & (slots.length - 1);
        return found();
    }

    /** Another row with the hash that {@link #first} was asked for, or -1. */
    public int next() {
        slot = (slot + 1) & (slots.length - 1);
        return found();
    }

    private int found() {
        int mask = slots.length - 1;
        while (slots[slot] != 0) {
            int row = slots[slot] - 1;
            if (hashes[row] == hash) {
                return row;
            }
            slot = (slot + 1) & mask;
        }
        return -1;
    }

    /** Adds the row that was looked for and not found; returns its number. */
    public int add() {
        if (count == hashes.length) {
            hashes = Arrays.copyOf(hashes, count * 2);
        }
        slots[slot] = count + 1;
        hashes[count++] = hash;
        if (count * 2 > slots.length) {
            rehash();
        }
        return count - 1;
    }

    private void rehash() {
        slots = new int[slots.length * 2];
        int mask = slots.length - 1;
        for (int row = 0; row < count; row++) {
            int at = hashes[row] & mask;
            while (slots[at] != 0) {
                at = (at + 1) & mask;
            }
            slots[at] = row + 1;
        }
    }
}
