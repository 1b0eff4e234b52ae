package io.stackhouse.receiver.otlp;

import io.stackhouse.pipeline.Signal;
import io.stackhouse.receiver.otlp.ReceiverMetrics.Outcome;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One admitted request until its answer: holds a place among the requests in flight, and sees to it that there is one answer
 * and no second. Any thread.
 */
final class Exchange {
    private final Signal signal;
    private final Transport transport;
    private final Answer answer;
    private final ReceiverMetrics metrics;
    private final Runnable onEnd;
    private final AtomicBoolean isEnded = new AtomicBoolean();

    /** @param onEnd called once, gives the place back */
    Exchange(Signal signal, Transport transport, Answer answer, ReceiverMetrics metrics, Runnable onEnd) {
        this.signal = signal;
        this.transport = transport;
        this.answer = answer;
        this.metrics = metrics;
        this.onEnd = onEnd;
    }

    Signal signal() {
        return signal;
    }

    Transport transport() {
        return transport;
    }

    void ok(byte[] response) {
        if (end()) {
            metrics.answered(transport, Outcome.SUCCESS);
            answer.ok(response);
        }
    }

    void fail(Failure failure) {
        if (end()) {
            metrics.answered(transport, failure.retryAfterNanos() > 0 ? Outcome.REFUSED : Outcome.FAILURE);
            answer.fail(failure);
        }
    }

    /** The client has gone; nobody waits for the answer. */
    void abandon() {
        if (end()) {
            metrics.answered(transport, Outcome.FAILURE);
        }
    }

    private boolean end() {
        if (!isEnded.compareAndSet(false, true)) {
            return false;
        }
        onEnd.run();
        return true;
    }
}
