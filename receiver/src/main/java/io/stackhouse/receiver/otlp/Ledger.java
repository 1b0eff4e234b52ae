package io.stackhouse.receiver.otlp;

import io.stackhouse.receiver.otlp.ReceiverMetrics.Outcome;
import org.jspecify.annotations.Nullable;

/** Books each request's end once, in the metrics and in the log. Any thread. */
final class Ledger {
    private final ReceiverMetrics metrics;
    private final RefusalLog log;

    Ledger(ReceiverMetrics metrics, RefusalLog log) {
        this.metrics = metrics;
        this.log = log;
    }

    void succeeded(Sender sender) {
        metrics.answered(sender.transport(), Outcome.SUCCESS);
    }

    /**
     * A request was answered with a failure.
     *
     * @param bytes that came of its body
     * @param cause a fault of ours, else null
     */
    void failed(Sender sender, long bytes, Failure failure, @Nullable Throwable cause) {
        metrics.answered(sender.transport(), failure.mayRetry() ? Outcome.REFUSED : Outcome.FAILURE);
        metrics.refusal(sender.transport(), failure.kind());
        log.refused(sender, bytes, failure, cause);
    }

    /** A fault of ours showed after the request's end. */
    void failedLate(Sender sender, long bytes, Failure failure, Throwable cause) {
        log.refused(sender, bytes, failure, cause);
    }

    /** A client went away before its answer. */
    void abandoned(Sender sender, long bytes) {
        failed(sender, bytes, Failure.CLIENT_GONE, null);
    }
}
