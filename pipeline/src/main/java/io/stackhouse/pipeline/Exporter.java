package io.stackhouse.pipeline;

/**
 * The end of a pipeline: brings batches to a destination.
 *
 * <p>{@link #accept} only queues; what is queued is bounded by the journal's budget, since a batch leaves the journal when its
 * {@link io.stackhouse.pipeline.batch.Receipt} is settled, and the journal refuses new requests when it is full. {@link #close}
 * tries to deliver what is queued, for a bounded time.
 */
public interface Exporter extends Component, Consumer {}
