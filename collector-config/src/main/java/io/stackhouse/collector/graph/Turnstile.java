package io.stackhouse.collector.graph;

import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.batch.Batch;

/**
 * Lets one batch at a time into an exporter that several pipelines share, as {@link Consumer} promises it. Any thread; an
 * exporter only queues, so that nobody waits for long.
 */
final class Turnstile implements Consumer {
    private final Consumer target;

    Turnstile(Consumer target) {
        this.target = target;
    }

    @Override
    public synchronized void accept(Batch batch) {
        target.accept(batch);
    }
}
