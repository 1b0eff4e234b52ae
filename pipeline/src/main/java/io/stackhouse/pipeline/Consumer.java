package io.stackhouse.pipeline;

import io.stackhouse.pipeline.batch.Batch;

/**
 * The next one in a pipeline.
 *
 * <p>Threads: one at a time, the lane's. The batch belongs to the consumer from the call on, until it hands it to the next one.
 * A consumer never blocks and never waits: what must wait is in the logs. What it throws fails this batch alone.
 */
@FunctionalInterface
public interface Consumer {
    void accept(Batch batch);
}
