package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.memory.DecodeMemory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the protobuf wire format (protobuf.dev, "Encoding") from a byte array, in place and without recursion.
 *
 * <p>One thread. Every malformed byte ends in a {@link RejectedException} that names its place; nothing is ever read outside the
 * limit.
 */
final class WireReader {
    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int LENGTH_DELIMITED = 2;
    static final int START_GROUP = 3;
    static final int END_GROUP = 4;
    static final int FIXED32 = 5;

    private static final int MAX_GROUP_DEPTH = 100;
    private static final byte[] NO_BYTES = new byte[0];

    private final byte[] bytes;
    private int position;
    private int limit;
    /** Tags of the groups around what is skipped; made for the first group, which hardly anybody sends. */
    private int @Nullable [] openGroups;

    WireReader(byte[] bytes) {
        this.bytes = bytes;
        this.limit = bytes.length;
    }

    WireReader(byte[] bytes, int offset, int length) {
        this.bytes = bytes;
        this.position = offset;
        this.limit = offset + length;
    }

    /** All bytes, whatever the limit is. Not to be changed. */
    byte[] source() {
        return bytes;
    }

    boolean hasMore() {
        return position < limit;
    }

    int position() {
        return position;
    }

    int limit() {
        return limit;
    }

    int remaining() {
        return limit - position;
    }

    /** Field number times 8 plus wire type. */
    int tag() {
        int at = position;
        if (at < limit) {
            int first = bytes[at];
            if (first > 7) {
                position = at + 1;
                return first;
            }
        }
        return longTag();
    }

    private int longTag() {
        long tag = varint();
        if (tag >>> 32 != 0 || (tag >>> 3) == 0) {
            throw malformed("a field number out of range");
        }
        return (int) tag;
    }

    /** A varint. Lengths of one and two bytes are left to the processor's branch prediction, which is right mostly. */
    long varint() {
        int at = position;
        if (at < limit) {
            int first = bytes[at];
            if (first >= 0) {
                position = at + 1;
                return first;
            }
            if (at + 1 < limit) {
                int second = bytes[at + 1];
                if (second >= 0) {
                    position = at + 2;
                    return (first & 0x7f) | second << 7;
                }
            }
        }
        return longVarint();
    }

    /** Three to eight bytes are read as one number, whose first byte without a continuation bit is the last of them. */
    private long longVarint() {
        int at = position;
        if (limit - at >= Long.BYTES) {
            long word = Varints.word(bytes, at);
            int length = Varints.lengthIn(word);
            if (length <= Long.BYTES) {
                position = at + length;
                return Varints.valueIn(word);
            }
        }
        return varintByByte();
    }

    private long varintByByte() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (position >= limit) {
                throw malformed("a number is cut off");
            }
            byte b = bytes[position++];
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw malformed("a number longer than 10 bytes");
    }

    /** An int32 or enum: the low 32 bits of a varint, as protobuf defines it. */
    int int32() {
        return (int) varint();
    }

    long fixed64() {
        need(8);
        long value = Varints.word(bytes, position);
        position += Long.BYTES;
        return value;
    }

    /** Reads a length and returns the end of what follows. */
    int delimitedEnd() {
        long length = varint();
        if (length >>> 31 != 0) {
            throw malformed("a length of more than 31 bits");
        }
        if (length > limit - position) {
            throw malformed("a length beyond the end of its message");
        }
        return position + (int) length;
    }

    /** Enters a nested message; returns the limit to give back to {@link #leave}. */
    int enter() {
        int outer = limit;
        limit = delimitedEnd();
        return outer;
    }

    /** Leaves a nested message, wherever in it the reader stands. */
    void leave(int outerLimit) {
        position = limit;
        limit = outerLimit;
    }

    void skipTo(int newPosition) {
        position = newPosition;
    }

    /** Makes the bytes at the place all there is to read. */
    void moveTo(int offset, int length) {
        position = offset;
        limit = offset + length;
    }

    /** Reads a length, and a copy of the bytes that follow. */
    byte[] bytes() {
        int from = skipDelimited();
        return from == position ? NO_BYTES : Arrays.copyOfRange(bytes, from, position);
    }

    /** Reads a length, and the UTF-8 that follows; malformed bytes are replaced. */
    String text() {
        int from = skipDelimited();
        return from == position ? "" : new String(bytes, from, position - from, StandardCharsets.UTF_8);
    }

    /** {@link #text()}, once the memory that it needs has been taken. */
    String text(DecodeMemory memory) {
        int from = position;
        int start = skipDelimited();
        memory.take(DecodeMemory.stringBytes(position - start));
        position = from;
        return text();
    }

    /** Reads a length and passes over what follows; returns where that begins. */
    int skipDelimited() {
        int end = delimitedEnd();
        int start = position;
        position = end;
        return start;
    }

    /** Skips a message that we know and don't keep; it must be well-formed all the same. */
    void skipMessage() {
        int outer = enter();
        while (hasMore()) {
            skip(tag());
        }
        leave(outer);
    }

    /** Skips the value of a field that we don't know. */
    void skip(int tag) {
        if ((tag & 7) == START_GROUP) {
            skipGroup(tag);
        } else {
            skipValue(tag);
        }
    }

    private void skipGroup(int tag) {
        int[] open = openGroups == null ? new int[MAX_GROUP_DEPTH] : openGroups;
        openGroups = open;
        open[0] = tag;
        int depth = 1;
        while (depth > 0) {
            int current = tag();
            int wireType = current & 7;
            if (wireType == START_GROUP) {
                if (depth == MAX_GROUP_DEPTH) {
                    throw malformed("groups nested deeper than " + MAX_GROUP_DEPTH);
                }
                open[depth++] = current;
            } else if (wireType != END_GROUP) {
                skipValue(current);
            } else if (open[--depth] >>> 3 != current >>> 3) {
                throw malformed("the end of a group other than the one that is open");
            }
        }
    }

    private void skipValue(int tag) {
        switch (tag & 7) {
            case VARINT -> varint();
            case FIXED64 -> advance(8);
            case LENGTH_DELIMITED -> position = delimitedEnd();
            case FIXED32 -> advance(4);
            case END_GROUP -> throw malformed("the end of a group that didn't begin");
            default -> throw malformed("an unknown wire type");
        }
    }

    private void advance(int count) {
        need(count);
        position += count;
    }

    RejectedException malformed(String what) {
        return new RejectedException("the message is malformed at byte " + position + ": " + what);
    }

    private void need(int count) {
        if (limit - position < count) {
            throw malformed("a fixed-size number is cut off");
        }
    }
}
