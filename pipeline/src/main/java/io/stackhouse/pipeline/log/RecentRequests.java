package io.stackhouse.pipeline.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The fingerprints of the requests of the last minutes, in the order of their receipt, so that a request that is sent again is
 * answered and not stored twice. Bounded by time and by number; beyond the number the oldest are forgotten.
 *
 * <p>A ring of entries, oldest first, and an open hash table of their places: 32 bytes each, since there may be hundreds of thousands and
 * a recovery goes through millions. An entry that is noted again leaves a hole in the ring.
 *
 * <p>Kept over restarts: by the records in the segments, and for records whose segment is gone by a file that is written before a
 * segment is deleted: a {@link SealedFile} of "SHJF", layout 1 (u32), count (u32), then {high u64, low u64, receipt i64} each. A damaged
 * file is ignored: then a request may be stored twice.
 *
 * <p>Confined to the holder of the journal's lock.
 */
final class RecentRequests {
    static final String FILE = "recent-requests";

    private static final int MAGIC = 0x464a_4853;
    private static final int LAYOUT = 1;
    private static final int HEADER_BYTES = 12;
    private static final int ENTRY_BYTES = 24;
    private static final int FIRST_CAPACITY = 1 << 8;
    private static final long HOLE = Long.MIN_VALUE;

    private final long windowNanos;
    private final int maxCount;
    private long[] high = new long[FIRST_CAPACITY];
    private long[] low = new long[FIRST_CAPACITY];
    private long[] receivedUnixNanos = new long[FIRST_CAPACITY];
    private int[] placesPlusOne = new int[2 * FIRST_CAPACITY];
    private int oldest;
    private int used;
    private int count;

    /**
     * An empty one.
     *
     * @param windowNanos for how long a request is known; 0 for not at all
     * @param maxCount most entries, a power of two of at least 256
     */
    RecentRequests(long windowNanos, int maxCount) {
        this.windowNanos = windowNanos;
        this.maxCount = maxCount;
    }

    /** Whether an equal request was noted less than the window ago. */
    boolean contains(Fingerprint fingerprint, long nowUnixNanos) {
        int slot = slot(fingerprint.high(), fingerprint.low());
        return placesPlusOne[slot] != 0 && nowUnixNanos - receivedUnixNanos[placesPlusOne[slot] - 1] < windowNanos;
    }

    void add(Fingerprint fingerprint, long receivedAtUnixNanos) {
        if (windowNanos == 0) {
            return;
        }
        int known = slot(fingerprint.high(), fingerprint.low());
        if (placesPlusOne[known] != 0) {
            receivedUnixNanos[placesPlusOne[known] - 1] = HOLE;
            free(known);
        }
        forgetOldest(receivedAtUnixNanos);
        if (used == high.length) {
            // At least half of it is free then, so that it takes a while until this comes again.
            rebuild(count > high.length / 2 ? 2 * high.length : high.length);
        }
        int place = (oldest + used) & (high.length - 1);
        used++;
        high[place] = fingerprint.high();
        low[place] = fingerprint.low();
        receivedUnixNanos[place] = receivedAtUnixNanos;
        placesPlusOne[slot(high[place], low[place])] = place + 1;
        count++;
    }

    /** Makes room where the number is at its bound, and forgets holes and what is beyond the window. */
    private void forgetOldest(long nowUnixNanos) {
        while (used > 0) {
            long received = receivedUnixNanos[oldest];
            if (received != HOLE) {
                if (nowUnixNanos - received < windowNanos && count < maxCount) {
                    return;
                }
                free(slot(high[oldest], low[oldest]));
            }
            oldest = (oldest + 1) & (high.length - 1);
            used--;
        }
    }

    /** Puts the entries into arrays of that many places, without holes. */
    private void rebuild(int capacity) {
        long[] oldHigh = high;
        long[] oldLow = low;
        long[] oldReceived = receivedUnixNanos;
        int from = oldest;
        int entries = used;
        high = new long[capacity];
        low = new long[capacity];
        receivedUnixNanos = new long[capacity];
        placesPlusOne = new int[2 * capacity];
        oldest = 0;
        used = 0;
        for (int i = 0; i < entries; i++) {
            int at = (from + i) & (oldHigh.length - 1);
            if (oldReceived[at] != HOLE) {
                high[used] = oldHigh[at];
                low[used] = oldLow[at];
                receivedUnixNanos[used] = oldReceived[at];
                placesPlusOne[slot(oldHigh[at], oldLow[at])] = used + 1;
                used++;
            }
        }
    }

    /** Where it stands in the table, or would. */
    private int slot(long wantedHigh, long wantedLow) {
        int mask = placesPlusOne.length - 1;
        int slot = (int) wantedLow & mask;
        while (placesPlusOne[slot] != 0) {
            int place = placesPlusOne[slot] - 1;
            if (low[place] == wantedLow && high[place] == wantedHigh) {
                return slot;
            }
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    /** Empties a slot, and moves up what could not be found beyond it any more. */
    private void free(int freed) {
        int mask = placesPlusOne.length - 1;
        int empty = freed;
        count--;
        for (int slot = (empty + 1) & mask; placesPlusOne[slot] != 0; slot = (slot + 1) & mask) {
            int home = (int) low[placesPlusOne[slot] - 1] & mask;
            if (((slot - home) & mask) >= ((slot - empty) & mask)) {
                placesPlusOne[empty] = placesPlusOne[slot];
                empty = slot;
            }
        }
        placesPlusOne[empty] = 0;
    }

    /** The content of the file, up to its position. */
    ByteBuffer content() {
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + count * ENTRY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(MAGIC).putInt(LAYOUT).putInt(count);
        for (int i = 0; i < used; i++) {
            int at = (oldest + i) & (high.length - 1);
            if (receivedUnixNanos[at] != HOLE) {
                out.putLong(high[at]).putLong(low[at]).putLong(receivedUnixNanos[at]);
            }
        }
        return out;
    }

    /** Reads the file where there is one; false when it was there and damaged. */
    boolean load(Storage storage) throws IOException {
        if (!storage.list().contains(FILE)) {
            return true;
        }
        ByteBuffer in = SealedFile.load(storage, FILE);
        if (in == null || in.limit() < HEADER_BYTES || in.getInt(0) != MAGIC) {
            return false;
        }
        if (in.getInt(4) != LAYOUT) {
            throw new UnknownLayoutException(FILE, "layout " + in.getInt(4));
        }
        if (in.limit() != HEADER_BYTES + (long) in.getInt(8) * ENTRY_BYTES) {
            return false;
        }
        for (int at = HEADER_BYTES; at < in.limit(); at += ENTRY_BYTES) {
            add(new Fingerprint(in.getLong(at), in.getLong(at + 8)), in.getLong(at + 16));
        }
        return true;
    }
}
