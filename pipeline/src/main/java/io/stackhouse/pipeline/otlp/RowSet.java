package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.memory.DecodeMemory;
import java.util.Arrays;

/** A set of row numbers that costs nothing while it is empty. One thread. */
final class RowSet {
    private static final long[] NO_WORDS = new long[0];

    private final DecodeMemory memory;
    private long[] words = NO_WORDS;

    RowSet(DecodeMemory memory) {
        this.memory = memory;
    }

    void add(int row) {
        int word = row >> 6;
        if (word >= words.length) {
            int capacity = word + (word >> 1) + 1;
            memory.take(DecodeMemory.arrayBytes(capacity, Long.BYTES));
            memory.giveBack(words.length == 0 ? 0 : DecodeMemory.arrayBytes(words.length, Long.BYTES));
            words = Arrays.copyOf(words, capacity);
        }
        words[word] |= 1L << row;
    }

    boolean isEmpty() {
        return words.length == 0;
    }

    /** Any number may be asked for. */
    boolean contains(int row) {
        int word = row >>> 6;
        return word < words.length && (words[word] & 1L << row) != 0;
    }
}
