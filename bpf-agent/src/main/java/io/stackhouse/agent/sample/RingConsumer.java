package io.stackhouse.agent.sample;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/*
 * The consumer's side of BPF_MAP_TYPE_RINGBUF.
 *
 * Layout: consumer page {u64 position}, producer page {u64 position}, data of a power of two bytes, mapped twice in a row. A record
 * is {u32 length with BUSY (bit 31) and DISCARD (bit 30), u32 page offset, payload}, rounded up to 8 bytes. Positions only grow;
 * the place is position modulo size.
 *
 * Order: the kernel reserves under a lock (moves the producer position with the record marked busy) and commits by clearing the
 * busy bit with release. So: acquire the producer position, acquire the length, read, and release the consumer position so that
 * the kernel overwrites nothing that is still read. The kernel compares the two positions to find out whether the ring is full.
 */
/** Reads records from a mapped BPF ring buffer, without a copy and without an object per record. Exactly one, on one thread. */
final class RingConsumer {
    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());
    private static final int BUSY = 1 << 31;
    private static final int DISCARD = 1 << 30;
    private static final int HEADER_BYTES = 8;

    private final ByteBuffer consumer;
    private final ByteBuffer producer;
    private final ByteBuffer data;
    private final int mask;
    private final RawStack record = new RawStack();
    private final TracedSample traced = new TracedSample();
    private long malformed;

    /**
     * @param consumer page with the consumer's position
     * @param producer page with the producer's position
     * @param data the ring's bytes, twice in a row
     */
    RingConsumer(ByteBuffer consumer, ByteBuffer producer, ByteBuffer data) {
        this.consumer = consumer;
        this.producer = producer;
        this.data = data;
        int size = data.capacity() / 2;
        if (Integer.bitCount(size) != 1) {
            throw new IllegalArgumentException("ring of " + size + " bytes: not a power of two");
        }
        this.mask = size - 1;
    }

    /**
     * Hands over all records that were committed, in order, up to the first that is still being written. What is added meanwhile is left for the next call: were it not, a
     * consumer that is slower than the kernel would never return.
     *
     * @return how many
     */
    int drain(StackConsumer to) {
        long position = (long) LONG.getAcquire(consumer, 0);
        long end = (long) LONG.getAcquire(producer, 0);
        int records = 0;
        while (position < end) {
            int at = (int) position & mask;
            int length = (int) INT.getAcquire(data, at);
            if ((length & BUSY) != 0) {
                return records;
            }
            int bytes = length & ~(BUSY | DISCARD);
            if ((length & DISCARD) == 0) {
                deliver(at + HEADER_BYTES, bytes, to);
                records++;
            }
            position += (bytes + HEADER_BYTES + 7) & ~7;
            LONG.setRelease(consumer, 0, position);
        }
        return records;
    }

    /** Records whose lengths contradicted each other: a bug, or another version of the program. */
    long malformed() {
        return malformed;
    }

    private void deliver(int offset, int bytes, StackConsumer to) {
        int kind = bytes < Integer.BYTES ? 0 : data.getInt(offset + RecordLayout.KIND);
        if (kind == RecordLayout.KIND_TRACED) {
            deliverTraced(traced.read(data, offset, bytes), to);
        } else if (kind == RecordLayout.KIND_SLEEP) {
            deliverTraced(traced.readSleep(data, offset, bytes), to);
        } else if (!record.read(data, offset, bytes)) {
            malformed++;
        } else if (record.isNeed()) {
            to.need(record);
        } else {
            to.stack(record);
        }
    }

    private void deliverTraced(boolean isWhole, StackConsumer to) {
        if (isWhole) {
            to.traced(traced);
        } else {
            malformed++;
        }
    }
}
