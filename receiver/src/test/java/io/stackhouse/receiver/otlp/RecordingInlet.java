package io.stackhouse.receiver.otlp;

import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.Inlet;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.Request;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** A door that remembers requests, and accepts, refuses, holds or fails as it is told. */
final class RecordingInlet implements Inlet {
    final List<Request> requests = new CopyOnWriteArrayList<>();
    /** Acks of held requests. */
    final BlockingQueue<Ack> held = new LinkedBlockingQueue<>();

    volatile @Nullable RefusedException refusal;
    volatile @Nullable RuntimeException failure;
    volatile boolean isHolding;

    @Override
    public void submit(Request request, Ack ack) {
        RuntimeException thrown = failure;
        if (thrown != null) {
            throw thrown;
        }
        RefusedException refused = refusal;
        if (refused != null) {
            ack.refused(refused);
            return;
        }
        requests.add(request);
        if (isHolding) {
            held.add(ack);
        } else {
            ack.accepted();
        }
    }
}
