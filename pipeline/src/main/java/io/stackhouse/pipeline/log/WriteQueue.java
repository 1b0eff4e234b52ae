package io.stackhouse.pipeline.log;

import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.Request;
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
    private long bytes;

    /** A request, and everyone who waits for it. */
    static final class Waiting {
        final Request request;
        final Fingerprint fingerprint;
        final List<Ack> acks = new ArrayList<>(1);
        long sequence;

        Waiting(Request request, Fingerprint fingerprint, Ack ack) {
            this.request = request;
            this.fingerprint = fingerprint;
            acks.add(ack);
        }
    }

    /** Bytes of the bodies, of those that are being written too. */
    long bytes() {
        return bytes;
    }

    /** Whether a request waits to be written. */
    boolean hasWaiting() {
        return !waiting.isEmpty();
    }

    /** Whether everything was written and noted. */
    boolean isSettled() {
        return byFingerprint.isEmpty();
    }

    /** The equal request that is not durable yet, or null. */
    @Nullable
    Waiting same(Fingerprint fingerprint) {
        return byFingerprint.get(fingerprint);
    }

    void add(Request request, Fingerprint fingerprint, Ack ack) {
        Waiting added = new Waiting(request, fingerprint, ack);
        waiting.add(added);
        byFingerprint.put(fingerprint, added);
        bytes += request.body().length;
    }

    /** The requests of the next group, numbered from {@code firstSequence} on; they stay known until {@link #settle}. */
    List<Waiting> takeGroup(long firstSequence, long maxBytes) {
        List<Waiting> group = new ArrayList<>();
        long groupBytes = 0;
        while (!waiting.isEmpty() && groupBytes < maxBytes) {
            Waiting next = waiting.poll();
            next.sequence = firstSequence + group.size();
            groupBytes += next.request.body().length;
            group.add(next);
        }
        return group;
    }

    /** The request was written, or failed to be. */
    void settle(Waiting settled) {
        bytes -= settled.request.body().length;
        byFingerprint.remove(settled.fingerprint);
    }
}
