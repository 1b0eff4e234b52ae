package io.stackhouse.agent.unwind;

import io.stackhouse.agent.elf.ByteWindow;
import java.io.IOException;
import java.util.Arrays;

/*
 * The blob of one region, as stackhouse.h has it: 256 words of index, the rules, the rows page by page. Rows come by file offset,
 * nearly ascending (the ranges of functions in damaged files may overlap): a row below the last one is dropped, one at the same place
 * replaces it. Each page begins with the rule that holds at its first byte.
 */
/** Makes the table of one region of a file. Reused; one thread. */
final class RegionBuilder {
    static final int PAGE_SHIFT = 12;
    static final int PAGES = 256;
    static final int REGION_BYTES = PAGES << PAGE_SHIFT;
    static final int CHUNK_WORDS = 1 << 17;
    static final int INDEX_ROW_BITS = 18;
    private static final int MAX_ROWS = CHUNK_WORDS;
    private static final int MAX_RULES = 1 << 14;
    /** The number of {@link Rule#OF_NOTHING}. */
    private static final int NOTHING = 0;

    private static final int RULE_SLOTS = 2 * MAX_RULES;

    private final int[] offsets = new int[MAX_ROWS];
    private final char[] rowRules = new char[MAX_ROWS];
    private final long[] rules = new long[MAX_RULES];
    private final int[] ruleSlots = new int[RULE_SLOTS];
    private final int[] blob = new int[CHUNK_WORDS];
    private long regionOffset;
    private int rows;
    private int ruleCount;
    private boolean isTooLarge;
    private int words;

    /**
     * Reads the table of the region that begins at this offset of the file.
     *
     * @return how many words of {@link #blob()} it takes, or 0 if it is too large for a chunk
     */
    int build(FrameTable table, ByteWindow file, long offset) throws IOException {
        regionOffset = offset;
        rows = 0;
        ruleCount = 0;
        isTooLarge = false;
        Arrays.fill(ruleSlots, 0);
        int nothing = numberOf(Rule.OF_NOTHING);
        if (nothing != NOTHING) {
            throw new IllegalStateException("the first rule has number " + nothing);
        }
        table.rows(file, offset, offset + REGION_BYTES, this::take);
        return isTooLarge ? 0 : write();
    }

    /** The words; valid until the next build. */
    int[] blob() {
        return blob;
    }

    /** Rows of the last build, without those that a page's begin repeats. */
    int rows() {
        return rows;
    }

    /** Different rules of the last build. */
    int rules() {
        return ruleCount;
    }

    private void take(long fileOffset, long rule) {
        long offset = fileOffset - regionOffset;
        if (offset < 0 || offset >= REGION_BYTES || isTooLarge) {
            return;
        }
        int number = numberOf(rule);
        if (number < 0 || rows == MAX_ROWS) {
            isTooLarge = true;
            return;
        }
        if (rows > 0 && offsets[rows - 1] > offset) {
            return;
        }
        if (rows > 0 && offsets[rows - 1] == offset) {
            rows--;
        }
        if (rows > 0 && rowRules[rows - 1] == number) {
            return;
        }
        offsets[rows] = (int) offset;
        rowRules[rows++] = (char) number;
    }

    private int numberOf(long rule) {
        int slot = (int) ((rule * 0x9E3779B97F4A7C15L) >>> 40) & (RULE_SLOTS - 1);
        while (ruleSlots[slot] != 0) {
            int number = ruleSlots[slot] - 1;
            if (rules[number] == rule) {
                return number;
            }
            slot = (slot + 1) & (RULE_SLOTS - 1);
        }
        if (ruleCount == MAX_RULES) {
            return -1;
        }
        rules[ruleCount] = rule;
        ruleSlots[slot] = ++ruleCount;
        return ruleCount - 1;
    }

    private int write() {
        words = PAGES;
        for (int i = 0; i < ruleCount; i++) {
            blob[words++] = (int) rules[i];
            blob[words++] = (int) (rules[i] >>> 32);
        }
        int row = 0;
        int rule = NOTHING;
        for (int page = 0; page < PAGES; page++) {
            int first = words;
            int end = (page + 1) << PAGE_SHIFT;
            boolean hasRows = row < rows && offsets[row] < end;
            boolean hasOwnStart = hasRows && offsets[row] == page << PAGE_SHIFT;
            if (!hasOwnStart && (hasRows || rule != NOTHING)) {
                put(0, rule);
            }
            while (row < rows && offsets[row] < end) {
                rule = rowRules[row];
                put(offsets[row++] & ((1 << PAGE_SHIFT) - 1), rule);
            }
            if (isTooLarge || words >= CHUNK_WORDS) {
                return 0;
            }
            blob[page] = first | (words - first) << INDEX_ROW_BITS;
        }
        return words;
    }

    private void put(int offset, int rule) {
        if (words == CHUNK_WORDS) {
            isTooLarge = true;
            return;
        }
        blob[words++] = offset | rule << 16;
    }
}
