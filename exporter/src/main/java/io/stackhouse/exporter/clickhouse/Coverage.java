package io.stackhouse.exporter.clickhouse;

import io.stackhouse.pipeline.batch.Origin;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The requests whose rows are in a log of blocks, or were. Requests that their journal will not give out again are forgotten, so it is as
 * large as what the journals have to deliver to others. Any thread.
 *
 * <p>Layout, little endian: u16 number of journals; for each its identity (u16 length and UTF-8), i64 floor, i32 number of requests, for
 * each i64 sequence and i64 time of receipt.
 */
final class Coverage {
    private final Map<String, Known> journals = new HashMap<>();

    /** Of one journal: sequences and their times of receipt. */
    private static final class Known {
        final TreeMap<Long, Long> requests = new TreeMap<>();
        long floor;

        void raise(long newFloor) {
            if (newFloor > floor) {
                floor = newFloor;
                requests.headMap(newFloor).clear();
            }
        }
    }

    synchronized void add(List<Origin> origins) {
        for (Origin origin : origins) {
            Known known = journals.computeIfAbsent(origin.journal(), unused -> new Known());
            known.requests.put(origin.sequence(), origin.receivedUnixNanos());
            known.raise(origin.floor());
        }
    }

    synchronized boolean covers(Origin origin) {
        Known known = journals.get(origin.journal());
        Long received = known == null ? null : known.requests.get(origin.sequence());
        return received != null && received == origin.receivedUnixNanos();
    }

    synchronized int size() {
        int size = 0;
        for (Known known : journals.values()) {
            size += known.requests.size();
        }
        return size;
    }

    /** As it is written, from 0 to the position. */
    synchronized ByteBuffer write() {
        int bytes = Short.BYTES;
        for (Map.Entry<String, Known> journal : journals.entrySet()) {
            bytes += Short.BYTES + journal.getKey().getBytes(StandardCharsets.UTF_8).length + 12;
            bytes += journal.getValue().requests.size() * 16;
        }
        ByteBuffer out = BlockRecord.buffer(bytes);
        out.putShort((short) journals.size());
        journals.forEach((journal, known) -> {
            BlockRecord.putText(out, journal);
            out.putLong(known.floor).putInt(known.requests.size());
            known.requests.forEach((sequence, received) -> out.putLong(sequence).putLong(received));
        });
        return out;
    }

    /** Adds what was written, and leaves the position behind it. */
    synchronized void read(ByteBuffer in) {
        for (int journals = in.getShort(); journals > 0; journals--) {
            Known known = this.journals.computeIfAbsent(BlockRecord.text(in), unused -> new Known());
            long floor = in.getLong();
            for (int requests = in.getInt(); requests > 0; requests--) {
                long sequence = in.getLong();
                known.requests.put(sequence, in.getLong());
            }
            known.raise(floor);
        }
    }
}
