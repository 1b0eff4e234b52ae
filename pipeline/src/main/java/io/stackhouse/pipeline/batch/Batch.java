package io.stackhouse.pipeline.batch;

/**
 * Decoded telemetry on its way through a pipeline, one request's worth or what a stage made of several.
 *
 * <p>Threads: one owner at a time; handing it on passes ownership. The owner may change it in place. The last owner settles
 * its {@link Receipt}.
 */
public sealed interface Batch permits ProfileBatch, SpanBatch {
    /** Rows (profiles) or spans in it. */
    int size();

    /** Wall time at which the request was received. */
    long receivedUnixNanos();

    /** Who is told when this batch has reached its destination, or was given up. */
    Receipt receipt();

    /** Sets who is told; called where batches are split or fanned out. */
    void setReceipt(Receipt receipt);
}
