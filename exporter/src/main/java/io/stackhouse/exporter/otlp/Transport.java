package io.stackhouse.exporter.otlp;

import io.stackhouse.pipeline.Signal;

/**
 * Brings one request to the next hop and waits for the answer, at most for the configured timeout. Any thread, several at once; an
 * interrupt ends the wait. {@link #close} ends what is under way and gives back threads and connections.
 */
interface Transport extends AutoCloseable {
    /** Sends an export request of the signal. */
    Answer send(Signal signal, byte[] request) throws InterruptedException;

    @Override
    void close();
}
