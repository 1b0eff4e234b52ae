package io.stackhouse.pipeline.log;

import io.stackhouse.pipeline.Request;
import io.stackhouse.pipeline.log.Journal.Entry;
import io.stackhouse.pipeline.log.SegmentLog.Place;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Durable requests that are kept in memory, so that they need not be read back, and what is on its way; both together
 * within a bound. Confined to the journal's lock.
 */
final class MemoryTail {
    private final long maxBytes;
    private final ArrayDeque<Kept> kept = new ArrayDeque<>();
    private final Map<Long, InFlight> inFlight = new LinkedHashMap<>();
    private long keptBytes;
    private long inFlightBytes;

    /** A request and where its record lies. */
    record Kept(Entry entry, Place place) {
        long bytes() {
            return entry.request().memoryBytes();
        }
    }

    /** A request on its way. */
    private static final class InFlight {
        private final long receivedUnixNanos;
        private long bytes;

        InFlight(Request request) {
            receivedUnixNanos = request.receivedUnixNanos();
            bytes = request.memoryBytes();
        }
    }

    MemoryTail(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    long bytes() {
        return keptBytes + inFlightBytes;
    }

    /** Whether no more may be given out for now. */
    boolean isFull() {
        return inFlightBytes >= maxBytes;
    }

    /** Receipt of the oldest on its way, or else of the first that is kept; {@link Long#MAX_VALUE} for neither. */
    long oldestUnixNanos() {
        if (!inFlight.isEmpty()) {
            return inFlight.values().iterator().next().receivedUnixNanos;
        }
        Kept first = kept.peek();
        return first == null ? Long.MAX_VALUE : first.entry().request().receivedUnixNanos();
    }

    /** Keeps it, where that leaves no gap after what is kept, or after what was taken last, and there is room. */
    void keep(Kept added, long nextToTake) {
        long expected = kept.isEmpty() ? nextToTake : kept.getLast().entry().sequence() + 1;
        if (added.entry().sequence() == expected && bytes() + added.bytes() <= maxBytes) {
            kept.add(added);
            keptBytes += added.bytes();
        }
    }

    /** Takes the request with the sequence, or null when it has to be read back. */
    @Nullable
    Kept take(long sequence) {
        Kept first = kept.peek();
        if (first == null || first.entry().sequence() != sequence) {
            return null;
        }
        kept.poll();
        keptBytes -= first.bytes();
        return first;
    }

    void dropBelow(long sequence) {
        while (!kept.isEmpty() && kept.getFirst().entry().sequence() < sequence) {
            keptBytes -= kept.poll().bytes();
        }
    }

    void noteTaken(Entry entry) {
        inFlightBytes += entry.request().memoryBytes();
        inFlight.put(entry.sequence(), new InFlight(entry.request()));
    }

    /** It stays on its way without its memory, or with so much of it again. */
    void noteBytes(long sequence, long bytes) {
        InFlight one = inFlight.get(sequence);
        if (one != null) {
            inFlightBytes += bytes - one.bytes;
            one.bytes = bytes;
        }
    }

    void noteReleased(long sequence) {
        InFlight one = inFlight.remove(sequence);
        inFlightBytes -= one == null ? 0 : one.bytes;
    }
}
