package io.stackhouse.collector.graph;

import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.Inlet;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.Request;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.otlp.OtlpDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One door for several pipelines of a signal. Stages change batches in place, so each pipeline has a batch of its own, decoded
 * from the same bytes. Any thread.
 *
 * <p>The request is accepted when every pipeline has accepted it. When one refuses, the client is told to send it again, and
 * those that had accepted it will have it twice.
 */
final class BroadcastInlet implements Inlet {
    private final List<Inlet> pipelines;

    BroadcastInlet(List<Inlet> pipelines) {
        this.pipelines = List.copyOf(pipelines);
    }

    @Override
    public void submit(Request request, Ack ack) {
        List<Request> copies = new ArrayList<>(pipelines.size());
        copies.add(request);
        while (copies.size() < pipelines.size()) {
            copies.add(decodedAgain(request));
        }
        JoinedAck joined = new JoinedAck(ack, pipelines.size());
        for (int i = 0; i < copies.size(); i++) {
            pipelines.get(i).submit(copies.get(i), joined);
        }
    }

    @Override
    public @Nullable RefusedException refusal() {
        for (Inlet pipeline : pipelines) {
            RefusedException refusal = pipeline.refusal();
            if (refusal != null) {
                return refusal;
            }
        }
        return null;
    }

    private static Request decodedAgain(Request request) {
        try (MemoryLease memory = MemoryLease.counting()) {
            return request.withBatch(OtlpDecoder.decode(
                    request.signal(), request.wireVersion(), request.body(), request.receivedUnixNanos(), memory));
        }
    }

    private static final class JoinedAck implements Ack {
        private final Ack whole;
        private final AtomicInteger open;
        private final AtomicReference<@Nullable RefusedException> refusal = new AtomicReference<>();

        JoinedAck(Ack whole, int parts) {
            this.whole = whole;
            this.open = new AtomicInteger(parts);
        }

        @Override
        public void accepted() {
            settle();
        }

        @Override
        public void refused(RefusedException reason) {
            refusal.compareAndSet(null, reason);
            settle();
        }

        private void settle() {
            if (open.decrementAndGet() > 0) {
                return;
            }
            RefusedException reason = refusal.get();
            if (reason == null) {
                whole.accepted();
            } else {
                whole.refused(reason);
            }
        }
    }
}
