package io.stackhouse.exporter.otlp;

import io.stackhouse.pipeline.otlp.ExportResponses.PartialSuccess;

/** What became of one attempt to send a request. Immutable. */
sealed interface Answer {
    /** The next hop took it, perhaps not all of it. */
    record Taken(PartialSuccess partial) implements Answer {}

    /**
     * It was not taken.
     *
     * @param isRetryable whether OTLP allows to send it again
     * @param delayNanos how long the next hop wants us to wait at least; 0 when it doesn't say
     * @param message what happened, with what the next hop said
     */
    record Failed(boolean isRetryable, long delayNanos, String message) implements Answer {}
}
