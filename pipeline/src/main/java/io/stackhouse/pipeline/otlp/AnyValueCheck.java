package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.memory.DecodeMemory;

/**
 * Walks attribute values before {@link AnyValues} reads them: takes the memory that reading them will need, and finds what can't
 * be followed. One per message, one thread.
 *
 * <p>AnyValue is the only message that nests without bound: deeper than {@link #MAX_DEPTH}, or a map of more than {@link
 * #MAX_KEYS} keys, rejects the request. An index outside the string table is only remembered, for whoever it concerns.
 */
final class AnyValueCheck {
    static final int MAX_DEPTH = 64;

    /** Look-ups by key are linear, so that a map of millions of keys would take hours. */
    static final int MAX_KEYS = 1024;

    private static final int BOXED_BYTES = 24;
    private static final int TEXT_BYTES = 16;
    private static final int ARRAY_BYTES = 64;
    private static final int ELEMENT_BYTES = 12;
    private static final int MAP_BYTES = 48;
    private static final int FIRST_KEY_BYTES = 96;
    private static final int KEY_BYTES = 32;

    private final WireReader in;
    private final int stringCount;
    private final DecodeMemory memory;
    private int badString = -1;
    private boolean hasBadString;
    private long keysGivenTwice;
    private long bytes;

    AnyValueCheck(byte[] wire, int stringCount, DecodeMemory memory) {
        this.in = new WireReader(wire);
        this.stringCount = stringCount;
        this.memory = memory;
    }

    /** Walks a row of the attribute table; false when it points outside the string table. */
    boolean isGoodRow(int offset, int length) {
        begin();
        in.moveTo(offset, length);
        int keys = 0;
        while (in.hasMore()) {
            int tag = in.tag();
            if (tag == (2 << 3 | 2)) {
                keys = value(0, keys);
            } else {
                in.skip(tag);
            }
        }
        memory.take(bytes);
        return !hasBadString;
    }

    /**
     * Walks the KeyValues of a Resource or InstrumentationScope; false when one points outside the string table.
     *
     * @param field the field number of the KeyValues
     */
    boolean areGoodKeyValues(RawEnvelope envelope, int field) {
        begin();
        int keys = 0;
        for (int i = 0; i < envelope.pieceCount(); i++) {
            envelope.moveToPiece(in, i);
            while (in.hasMore()) {
                int tag = in.tag();
                if (tag == (field << 3 | 2)) {
                    keys = key(keys);
                    keyValue(0);
                } else {
                    in.skip(tag);
                }
            }
        }
        memory.take(bytes);
        return !hasBadString;
    }

    /** The string index that the last walk found to be outside. */
    int badString() {
        return badString;
    }

    /** Keys that were given both as text and by index, so far. */
    long keysGivenTwice() {
        return keysGivenTwice;
    }

    private void begin() {
        hasBadString = false;
        bytes = 0;
    }

    /** Returns the keys of the map that it is, together with those of the map before that it would be merged with. */
    private int value(int depth, int keysBefore) {
        if (depth > MAX_DEPTH) {
            throw new RejectedException("an attribute value is nested deeper than " + MAX_DEPTH + "; flatten it");
        }
        int outer = in.enter();
        int keys = keysBefore;
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case 1 << 3 | 2 -> text(TEXT_BYTES);
                case 2 << 3, 3 << 3, 4 << 3 | 1 -> {
                    in.skip(tag);
                    bytes += BOXED_BYTES;
                }
                case 5 << 3 | 2 -> array(depth);
                case 6 << 3 | 2 -> keys = map(depth, keys);
                case 7 << 3 | 2 -> text(TEXT_BYTES);
                case 8 << 3 -> {
                    bytes += TEXT_BYTES;
                    string(in.int32());
                }
                default -> in.skip(tag);
            }
        }
        in.leave(outer);
        return keys;
    }

    private void array(int depth) {
        bytes += ARRAY_BYTES;
        int outer = in.enter();
        while (in.hasMore()) {
            int tag = in.tag();
            if (tag == (1 << 3 | 2)) {
                bytes += ELEMENT_BYTES;
                value(depth + 1, 0);
            } else {
                in.skip(tag);
            }
        }
        in.leave(outer);
    }

    private int map(int depth, int keysBefore) {
        bytes += MAP_BYTES;
        int keys = keysBefore;
        int outer = in.enter();
        while (in.hasMore()) {
            int tag = in.tag();
            if (tag == (1 << 3 | 2)) {
                keys = key(keys);
                keyValue(depth + 1);
            } else {
                in.skip(tag);
            }
        }
        in.leave(outer);
        return keys;
    }

    private int key(int keysBefore) {
        if (keysBefore == MAX_KEYS) {
            throw new RejectedException(
                    "a resource, a scope or a map has more than " + MAX_KEYS + " attributes; send fewer");
        }
        bytes += keysBefore == 0 ? FIRST_KEY_BYTES : KEY_BYTES;
        return keysBefore + 1;
    }

    private void keyValue(int depth) {
        int outer = in.enter();
        boolean hasText = false;
        boolean hasIndex = false;
        int keys = 0;
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case 1 << 3 | 2 -> hasText |= text(0) > 0;
                case 2 << 3 | 2 -> keys = value(depth, keys);
                case 3 << 3 -> hasIndex |= string(in.int32());
                default -> in.skip(tag);
            }
        }
        in.leave(outer);
        keysGivenTwice += hasText && hasIndex ? 1 : 0;
    }

    private int text(int holderBytes) {
        int end = in.delimitedEnd();
        int length = end - in.position();
        bytes += holderBytes + DecodeMemory.stringBytes(length);
        in.skipTo(end);
        return length;
    }

    private boolean string(int index) {
        if (index < 0 || index >= stringCount) {
            badString = index;
            hasBadString = true;
        }
        return index != 0;
    }
}
