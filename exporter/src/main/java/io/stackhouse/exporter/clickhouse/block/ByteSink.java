package io.stackhouse.exporter.clickhouse.block;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bytes that grow, little endian, as ClickHouse's Native format has them. One thread. {@link #clear} keeps the memory for the
 * next use. Throws {@link OutOfMemoryError} past 2 GiB, as arrays do; callers cut their blocks long before.
 */
public final class ByteSink {
    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_LENGTH = Integer.MAX_VALUE - 8;

    private byte[] bytes;
    private int size;

    /** @param capacityBytes how much to hold before the first growth */
    public ByteSink(int capacityBytes) {
        bytes = new byte[capacityBytes];
    }

    public int size() {
        return size;
    }

    public void clear() {
        size = 0;
    }

    /** Forgets what was written after {@code newSize}. */
    public void truncate(int newSize) {
        size = Math.min(size, newSize);
    }

    /** A copy of what was written. */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    /** Writes the bytes to a stream. */
    public void copyTo(OutputStream out) throws IOException {
        out.write(bytes, 0, size);
    }

    public void writeByte(int value) {
        reserve(1);
        bytes[size++] = (byte) value;
    }

    public void writeShort(int value) {
        reserve(2);
        SHORTS.set(bytes, size, (short) value);
        size += 2;
    }

    public void writeInt(int value) {
        reserve(4);
        INTS.set(bytes, size, value);
        size += 4;
    }

    public void writeLong(long value) {
        reserve(8);
        LONGS.set(bytes, size, value);
        size += 8;
    }

    /** An unsigned LEB128 number. */
    public void writeVarint(long value) {
        reserve(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    public void writeBytes(byte[] source, int offset, int length) {
        reserve(length);
        System.arraycopy(source, offset, bytes, size, length);
        size += length;
    }

    /** All bytes of another sink. */
    public void write(ByteSink other) {
        writeBytes(other.bytes, 0, other.size);
    }

    /** A part of another sink. */
    public void write(ByteSink other, int offset, int length) {
        writeBytes(other.bytes, offset, length);
    }

    /** A string as its length in bytes and its UTF-8. */
    public void writeText(String text) {
        int length = text.length();
        reserve(length + 10);
        int start = size;
        writeVarint(length);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                size = start;
                byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
                writeVarint(encoded.length);
                writeBytes(encoded, 0, encoded.length);
                return;
            }
            bytes[size++] = (byte) c;
        }
    }

    /** Eight bytes as 16 lower-case hex digits, the highest first. */
    public void writeHex(long value) {
        reserve(16);
        for (int shift = 60; shift >= 0; shift -= 4) {
            bytes[size++] = HEX[(int) (value >>> shift) & 15];
        }
    }

    /** A byte as two lower-case hex digits. */
    public void writeHexByte(int value) {
        reserve(2);
        bytes[size++] = HEX[value >> 4 & 15];
        bytes[size++] = HEX[value & 15];
    }

    private void reserve(int more) {
        if (bytes.length - size < more) {
            long wanted = Math.max((long) size + more, size + (long) (size >> 1));
            if ((long) size + more > MAX_LENGTH) {
                throw new OutOfMemoryError("a column of more than 2 GiB");
            }
            bytes = Arrays.copyOf(bytes, (int) Math.min(Math.max(wanted, 64), MAX_LENGTH));
        }
    }
}
