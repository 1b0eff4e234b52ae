package io.stackhouse.exporter.otlp;

/**
 * How batches wait for being sent, with the keys of the OpenTelemetry Collector.
 *
 * @param enabled {@code false}: one request at a time
 * @param numConsumers requests under way at once
 * @param queueSize how much may wait, in the sizer's unit
 * @param sizer what {@code queueSize} counts
 * @param blockOnOverflow whether more than that waits too, and the pipeline's journal holds back; else it is dropped and counted
 */
public record SendingQueue(boolean enabled, int numConsumers, int queueSize, Sizer sizer, boolean blockOnOverflow) {
    public SendingQueue {
        if (numConsumers < 1 || numConsumers > 256) {
            throw new IllegalArgumentException("num_consumers must be 1 to 256, not " + numConsumers);
        }
        if (queueSize < 1) {
            throw new IllegalArgumentException("queue_size must be 1 or more, not " + queueSize);
        }
    }

    static SendingQueue defaults() {
        return new SendingQueue(true, 10, 1000, Sizer.REQUESTS, true);
    }

    int threads() {
        return enabled ? numConsumers : 1;
    }

    /** What a queue's size counts. */
    public enum Sizer {
        REQUESTS,
        /** Rows of profiles, and spans. */
        ITEMS
    }
}
