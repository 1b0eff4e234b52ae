package io.stackhouse.pipeline.otlp.json;

import io.stackhouse.pipeline.TooLargeException;
import io.stackhouse.pipeline.memory.MemoryLease;
import java.util.Arrays;

/**
 * Protobuf that grows at its end, with lengths that are known only afterwards.
 *
 * <p>{@link #open} keeps one byte free for a length. {@link #close} writes it there when it fits, as for most messages; else a slot
 * remembers place and length, and {@link #toByteArray} makes room while it copies. So each byte is copied once, however deep or wide
 * messages nest. Slots are in the order of their places: a message without a slot can't hold one that has a slot, since that one is
 * longer.
 *
 * <p>One thread. What it allocates is charged to the lease before, and given back when it is let go.
 */
final class ProtobufBuffer {
    private static final int MAX_BYTES = Integer.MAX_VALUE - 8;
    private static final int LONGEST_VARINT = 10;

    private final MemoryLease memory;
    private byte[] bytes;
    private int size;
    /** Bytes that the lengths of all slots will take beyond the one that is kept free. */
    private long extraBytes;

    /** Place and, once it is closed, length of each long message; while it is open, extraBytes of then. */
    private int[] slotPlaces = new int[64];

    private int[] slotLengths = new int[64];
    private int slots;
    private int[] openSlots = new int[32];
    private int depth;

    ProtobufBuffer(int capacity, MemoryLease memory) {
        this.memory = memory;
        memory.charge(capacity);
        bytes = new byte[capacity];
    }

    int size() {
        return size;
    }

    /** The bytes themselves, until the next one is written. */
    byte[] bytes() {
        return bytes;
    }

    /** Lets go of what was written after {@code newSize}; no message that was opened there may be open. */
    void truncate(int newSize) {
        size = newSize;
    }

    void varint(long value) {
        need(LONGEST_VARINT);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    void fixed32(int value) {
        need(4);
        for (int i = 0; i < 32; i += 8) {
            bytes[size++] = (byte) (value >>> i);
        }
    }

    void fixed64(long value) {
        need(8);
        for (int i = 0; i < 64; i += 8) {
            bytes[size++] = (byte) (value >>> i);
        }
    }

    void raw(byte[] from, int offset, int length) {
        need(length);
        System.arraycopy(from, offset, bytes, size, length);
        size += length;
    }

    /** A code point in UTF-8. */
    void codePoint(int point) {
        need(4);
        if (point < 0x80) {
            bytes[size++] = (byte) point;
            return;
        }
        int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
        // As many leading ones as there are bytes, then the highest bits.
        bytes[size++] = (byte) ((0xff00 >> (more + 1)) | (point >> (6 * more)));
        for (int i = more - 1; i >= 0; i--) {
            bytes[size++] = (byte) (0x80 | ((point >> (6 * i)) & 0x3f));
        }
    }

    /** Begins the content of something length-delimited, whose tag has been written. */
    void open() {
        need(1);
        if (slots == slotPlaces.length) {
            growSlots();
        }
        if (depth == openSlots.length) {
            openSlots = Arrays.copyOf(openSlots, depth * 2);
        }
        slotPlaces[slots] = size++;
        slotLengths[slots] = (int) extraBytes;
        openSlots[depth++] = slots++;
    }

    /** Ends what was opened last. */
    void close() {
        int slot = openSlots[--depth];
        int place = slotPlaces[slot];
        int length = (int) (size - place - 1 + extraBytes - slotLengths[slot]);
        if (length < 0x80) {
            bytes[place] = (byte) length;
            slots = slot;
        } else {
            slotLengths[slot] = length;
            extraBytes += varintSize(length) - 1;
        }
    }

    /** The whole with its lengths in place; the caller's own, charged to the lease. The buffer can't be used after. */
    byte[] toByteArray() {
        need(0);
        byte[] whole = new byte[charged((int) (size + extraBytes))];
        int from = 0;
        int to = 0;
        for (int slot = 0; slot < slots; slot++) {
            int count = slotPlaces[slot] - from;
            System.arraycopy(bytes, from, whole, to, count);
            from += count + 1;
            to += count;
            int rest = slotLengths[slot];
            while (rest >= 0x80) {
                whole[to++] = (byte) (rest | 0x80);
                rest >>>= 7;
            }
            whole[to++] = (byte) rest;
        }
        System.arraycopy(bytes, from, whole, to, size - from);
        memory.release(bytes.length);
        memory.release(8L * (slotPlaces.length - 64));
        bytes = new byte[0];
        size = 0;
        return whole;
    }

    private void need(int count) {
        long needed = (long) size + count;
        if (needed + extraBytes > MAX_BYTES) {
            throw new TooLargeException(
                    "the request takes more than " + MAX_BYTES + " bytes as protobuf; send less at a time");
        }
        if (needed > bytes.length) {
            int before = bytes.length;
            bytes = Arrays.copyOf(bytes, charged((int) Math.min(MAX_BYTES, Math.max(needed, 2L * before))));
            memory.release(before);
        }
    }

    private void growSlots() {
        charged(8 * slots);
        slotPlaces = Arrays.copyOf(slotPlaces, slots * 2);
        slotLengths = Arrays.copyOf(slotLengths, slots * 2);
    }

    private int charged(int count) {
        memory.charge(count);
        return count;
    }

    private static int varintSize(int value) {
        return (38 - Integer.numberOfLeadingZeros(value)) / 7;
    }
}
