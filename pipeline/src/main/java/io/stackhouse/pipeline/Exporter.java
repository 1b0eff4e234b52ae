package io.stackhouse.pipeline;

import io.stackhouse.pipeline.batch.Origin;

/**
 * The end of a pipeline: brings batches to a destination.
 *
 * <p>{@link #accept} only queues; what is queued is bounded by the journal's budget, since a batch leaves the journal when its
 * {@link io.stackhouse.pipeline.batch.Receipt} is settled, and the journal refuses new requests when it is full. {@link #close}
 * tries to deliver what is queued, for a bounded time.
 */
public interface Exporter extends Component, Consumer {
    /**
     * Whether the destination will have all of a request, or has it, though it may be given out again: after a crash a journal doesn't
     * know. Any thread, once it is started.
     */
    default boolean has(Origin origin) {
        return false;
    }
}
