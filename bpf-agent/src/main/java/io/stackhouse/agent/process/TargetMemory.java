package io.stackhouse.agent.process;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Numbers and texts in another process's memory, read in small blocks that are kept until the next {@link #attach}.
 *
 * <p>The target runs on while it is read, may end, and may lie: whatever cannot be read is a {@link TargetReadException}, and so is reading more blocks
 * than allowed, so that no chain of pointers leads anywhere for ever. Threads: one.
 */
public final class TargetMemory {
    /** Divides a page, so that a block can be read whole or not at all. */
    public static final int BLOCK_BYTES = 512;

    private static final int SLOTS = 128;
    private static final long NOTHING = -1;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    /** Where bytes come from. */
    public interface Source {
        /** Fills the array; false if any of the bytes cannot be read. */
        boolean read(long address, byte[] into);
    }

    private final byte[][] blocks = new byte[SLOTS][BLOCK_BYTES];
    private final long[] starts = new long[SLOTS];
    private final byte[] straddling = new byte[Long.BYTES];
    private Source source = (address, into) -> false;
    private int readsLeft;

    /** Turns to a target, or looks at the same one anew. */
    public TargetMemory attach(Source next, int mostBlocks) {
        source = next;
        readsLeft = mostBlocks;
        Arrays.fill(starts, NOTHING);
        return this;
    }

    /** Whether as much was read as is allowed: then nothing more can be. */
    public boolean isExhausted() {
        return readsLeft <= 0;
    }

    public int u8(long address) throws TargetReadException {
        return block(address)[offset(address)] & 0xff;
    }

    public int u16(long address) throws TargetReadException {
        byte[] bytes = bytesAt(address, Short.BYTES);
        return (short) SHORT.get(bytes, bytes == straddling ? 0 : offset(address)) & 0xffff;
    }

    public int i32(long address) throws TargetReadException {
        byte[] bytes = bytesAt(address, Integer.BYTES);
        return (int) INT.get(bytes, bytes == straddling ? 0 : offset(address));
    }

    public long i64(long address) throws TargetReadException {
        byte[] bytes = bytesAt(address, Long.BYTES);
        return (long) LONG.get(bytes, bytes == straddling ? 0 : offset(address));
    }

    /** A pointer that is not null. */
    public long pointer(long address) throws TargetReadException {
        long value = i64(address);
        if (value == 0) {
            throw new TargetReadException("null at 0x" + Long.toHexString(address));
        }
        return value;
    }

    /** So many bytes of UTF-8. */
    public String text(long address, int bytes) throws TargetReadException {
        byte[] copy = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            copy[i] = (byte) u8(address + i);
        }
        return new String(copy, StandardCharsets.UTF_8);
    }

    /** A text that ends with a zero byte, or is cut after so many bytes. */
    public String cString(long address, int mostBytes) throws TargetReadException {
        int length = 0;
        while (length < mostBytes && u8(address + length) != 0) {
            length++;
        }
        return text(address, length);
    }

    private byte[] bytesAt(long address, int count) throws TargetReadException {
        if (offset(address) <= BLOCK_BYTES - count) {
            return block(address);
        }
        for (int i = 0; i < count; i++) {
            straddling[i] = (byte) u8(address + i);
        }
        return straddling;
    }

    private byte[] block(long address) throws TargetReadException {
        long start = address & -BLOCK_BYTES;
        int slot = (int) ((start / BLOCK_BYTES) & (SLOTS - 1));
        if (starts[slot] != start) {
            starts[slot] = NOTHING;
            if (readsLeft-- <= 0) {
                throw new TargetReadException("more of the target had to be read than is allowed at once");
            }
            if (!source.read(start, blocks[slot])) {
                throw new TargetReadException("cannot read 0x" + Long.toHexString(start));
            }
            starts[slot] = start;
        }
        return blocks[slot];
    }

    private static int offset(long address) {
        return (int) (address & (BLOCK_BYTES - 1));
    }
}
