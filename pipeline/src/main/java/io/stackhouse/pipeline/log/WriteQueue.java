package io.stackhouse.pipeline.log;

import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The requests that are accepted for writing and not durable yet, in their order. Confined to the journal's lock. */
final class WriteQueue {
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private final Map<Fingerprint, Waiting> byFingerprint = new HashMap<>();
    private long memoryBytes;
    private long recordBytes;
    private int count;

    /** A request, and everyone who waits for it. */
    static final class Waiting {
        final Request request;
        final byte[] tenant;
        final Fingerprint fingerprint;
        final List<Ack> acks = new ArrayList<>(1);
        long sequence;

        Waiting(Request request, Fingerprint fingerprint, Ack ack) {
            this.request = request;
            this.tenant = request.tenant().getBytes(StandardCharsets.UTF_8);
            this.fingerprint = fingerprint;
            acks.add(ack);
        }

        /** What its record takes on disk. */
        long recordBytes() {
            return RecordHeader.aligned((long) RecordHeader.BYTES + tenant.length + request.body().length);
        }
    }

    /** What the requests take in memory, those that are being written too. */
    long memoryBytes() {
        return memoryBytes;
    }

    /** What they will take on disk. */
    long recordBytes() {
        return recordBytes;
    }

    /** How many there are, those that are being written too. */
    int count() {
        return count;
    }

    /** Whether a request waits to be written. */
    boolean hasWaiting() {
        return !waiting.isEmpty();
    }

    /** Whether everything was written and noted. */
    boolean isSettled() {
        return count == 0;
    }

    /** The equal request that is not durable yet, or null. */
    @Nullable
    Waiting same(Fingerprint fingerprint) {
        return byFingerprint.get(fingerprint);
    }

    void add(Waiting added) {
        waiting.add(added);
        byFingerprint.put(added.fingerprint, added);
        memoryBytes += added.request.memoryBytes();
        recordBytes += added.recordBytes();
        count++;
    }

    /** The requests of the next group, numbered from {@code firstSequence} on; they stay known until {@link #settle}. */
    List<Waiting> takeGroup(long firstSequence, long maxBytes) {
        List<Waiting> group = new ArrayList<>();
        long groupBytes = 0;
        while (!waiting.isEmpty() && groupBytes < maxBytes) {
            Waiting next = waiting.poll();
            next.sequence = firstSequence + group.size();
            groupBytes += next.recordBytes();
            group.add(next);
        }
        return group;
    }

    /** The request was written, or failed to be. */
    void settle(Waiting settled) {
        memoryBytes -= settled.request.memoryBytes();
        recordBytes -= settled.recordBytes();
        count--;
        byFingerprint.remove(settled.fingerprint);
    }
}
