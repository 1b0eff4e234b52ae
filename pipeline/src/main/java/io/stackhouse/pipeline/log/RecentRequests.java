package io.stackhouse.pipeline.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The fingerprints of the requests of the last minutes, in the order of their receipt, so that a request that is sent again is
 * answered and not stored twice. Bounded by time and by number; beyond the number the oldest are forgotten.
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

    private final long windowNanos;
    private final int maxCount;
    private final Map<Fingerprint, Long> receivedUnixNanos = new LinkedHashMap<>();

    RecentRequests(long windowNanos, int maxCount) {
        this.windowNanos = windowNanos;
        this.maxCount = maxCount;
    }

    /** Whether an equal request was noted less than the window ago. */
    boolean contains(Fingerprint fingerprint, long nowUnixNanos) {
        Long received = receivedUnixNanos.get(fingerprint);
        return received != null && nowUnixNanos - received < windowNanos;
    }

    void add(Fingerprint fingerprint, long receivedAtUnixNanos) {
        if (windowNanos == 0) {
            return;
        }
        receivedUnixNanos.remove(fingerprint);
        receivedUnixNanos.put(fingerprint, receivedAtUnixNanos);
        Iterator<Long> oldest = receivedUnixNanos.values().iterator();
        while (oldest.hasNext()) {
            long age = receivedAtUnixNanos - oldest.next();
            if (age < windowNanos && receivedUnixNanos.size() <= maxCount) {
                return;
            }
            oldest.remove();
        }
    }

    /** The content of the file, up to its position. */
    ByteBuffer content() {
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + receivedUnixNanos.size() * ENTRY_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(MAGIC).putInt(LAYOUT).putInt(receivedUnixNanos.size());
        receivedUnixNanos.forEach((fingerprint, received) -> {
            out.putLong(fingerprint.high()).putLong(fingerprint.low()).putLong(received);
        });
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
