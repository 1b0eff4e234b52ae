package io.stackhouse.pipeline.log;

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
    private final Map<Long, Long> inFlightReceivedUnixNanos = new LinkedHashMap<>();
    private long keptBytes;
    private long inFlightBytes;

    /** A request and where its record lies. */
    record Kept(Entry entry, Place place) {
        long bytes() {
            return entry.request().memoryBytes();
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
        if (!inFlightReceivedUnixNanos.isEmpty()) {
            return inFlightReceivedUnixNanos.values().iterator().next();
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
        inFlightReceivedUnixNanos.put(entry.sequence(), entry.request().receivedUnixNanos());
    }

    void noteReleased(Entry entry) {
        inFlightBytes -= entry.request().memoryBytes();
        inFlightReceivedUnixNanos.remove(entry.sequence());
    }
}
