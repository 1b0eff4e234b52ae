package io.stackhouse.agent.context;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads the fields of one protobuf message in place. Whatever is malformed is a {@link ContextFormatException}; nothing outside of the message is read. Threads: one. */
final class ProtoReader {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int DELIMITED = 2;
    private static final int FIXED32 = 5;
    private static final int MAX_FIELD = (1 << 29) - 1;

    private final byte[] bytes;
    private final int begin;
    private final int end;
    private int position;
    private int field;
    private int wireType;

    ProtoReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    private ProtoReader(byte[] bytes, int begin, int end) {
        this.bytes = bytes;
        this.begin = begin;
        this.end = end;
        position = begin;
    }

    /** Another reader at the begin of the same message. */
    ProtoReader copy() {
        return new ProtoReader(bytes, begin, end);
    }

    /** A copy of the message. */
    byte[] bytes() {
        return Arrays.copyOfRange(bytes, begin, end);
    }

    /** Goes to the next field, whose value must then be read or {@linkplain #skip skipped}; false at the end. */
    boolean next() throws ContextFormatException {
        if (position == end) {
            return false;
        }
        long tag = varint();
        field = (int) (tag >>> 3);
        wireType = (int) tag & 7;
        if (tag >>> 3 == 0 || tag >>> 3 > MAX_FIELD) {
            throw malformed("a field number out of range");
        }
        return true;
    }

    int field() {
        return field;
    }

    /** Whether this is that field, and a message, text or bytes. */
    boolean isMessage(int number) {
        return field == number && wireType == DELIMITED;
    }

    /** Whether this is that field, and an integer or boolean. */
    boolean isNumber(int number) {
        return field == number && wireType == VARINT;
    }

    long number() throws ContextFormatException {
        return varint();
    }

    ProtoReader message() throws ContextFormatException {
        int length = length();
        position += length;
        return new ProtoReader(bytes, position - length, position);
    }

    String text(int mostBytes) throws ContextFormatException {
        int length = length();
        if (length > mostBytes) {
            throw malformed("a text of more than " + mostBytes + " bytes");
        }
        position += length;
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, position - length, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw malformed("a text that is not UTF-8");
        }
    }

    void checkText() throws ContextFormatException {
        String unused = text(Integer.MAX_VALUE);
    }

    void skip() throws ContextFormatException {
        switch (wireType) {
            case VARINT -> varint();
            case FIXED64 -> advance(Long.BYTES);
            case DELIMITED -> advance(length());
            case FIXED32 -> advance(Integer.BYTES);
            default -> throw malformed("a wire type of " + wireType);
        }
    }

    private int length() throws ContextFormatException {
        long length = varint();
        if (length < 0 || length > end - position) {
            throw malformed("a length beyond the end of its message");
        }
        return (int) length;
    }

    private void advance(int count) throws ContextFormatException {
        if (count > end - position) {
            throw malformed("a number is cut off");
        }
        position += count;
    }

    private long varint() throws ContextFormatException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (position == end) {
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

    private ContextFormatException malformed(String what) {
        return new ContextFormatException("malformed at byte " + position + ": " + what);
    }
}
