package io.stackhouse.pipeline.otlp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes the protobuf wire format (protobuf.dev, "Encoding") into a growing array, kept between uses. One thread. */
final class WireWriter {
    private byte[] bytes;
    private int size;

    WireWriter(int capacity) {
        bytes = new byte[capacity];
    }

    int size() {
        return size;
    }

    void clear() {
        size = 0;
    }

    void copyTo(byte[] target, int offset) {
        System.arraycopy(bytes, 0, target, offset, size);
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    void varint(long value) {
        need(10);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    /** A varint field; zero, the default, is left out. */
    void int64Field(int field, long value) {
        if (value != 0) {
            varint((long) field << 3);
            varint(value);
        }
    }

    void fixed64Field(int field, long value) {
        if (value != 0) {
            varint((long) field << 3 | WireReader.FIXED64);
            fixed64(value);
        }
    }

    void fixed64(long value) {
        need(8);
        for (int i = 0; i < 8; i++) {
            bytes[size++] = (byte) (value >>> (8 * i));
        }
    }

    /** A string field; an empty one is left out. */
    void stringField(int field, String value) {
        if (!value.isEmpty()) {
            bytesField(field, value.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** A bytes field, also when it is empty. */
    void bytesField(int field, byte[] value) {
        lengthDelimited(field, value.length);
        raw(value, 0, value.length);
    }

    /** Key and length of a field whose {@code length} bytes the caller writes next. */
    void lengthDelimited(int field, int length) {
        varint((long) field << 3 | WireReader.LENGTH_DELIMITED);
        varint(length);
    }

    /** A message field with the content of another writer, also when it is empty. */
    void messageField(int field, WireWriter content) {
        lengthDelimited(field, content.size);
        raw(content.bytes, 0, content.size);
    }

    void raw(byte[] from, int offset, int length) {
        need(length);
        System.arraycopy(from, offset, bytes, size, length);
        size += length;
    }

    /** A packed repeated int32 field; empty ones are left out. */
    void packedField(int field, int[] values, int count) {
        if (count == 0) {
            return;
        }
        int length = 0;
        for (int i = 0; i < count; i++) {
            length += varintSize(values[i]);
        }
        lengthDelimited(field, length);
        for (int i = 0; i < count; i++) {
            varint(values[i]);
        }
    }

    static int varintSize(long value) {
        return value == 0 ? 1 : (70 - Long.numberOfLeadingZeros(value)) / 7;
    }

    private void need(int count) {
        if (bytes.length - size < count) {
            bytes = Arrays.copyOf(bytes, Math.max(size + count, size + (size >> 1)));
        }
    }
}
