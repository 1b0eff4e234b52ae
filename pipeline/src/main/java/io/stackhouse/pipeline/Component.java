package io.stackhouse.pipeline;

/**
 * Something with a life cycle: a receiver, a processor, an exporter.
 *
 * <p>Threads: {@link #start} and {@link #close} are called by one thread, downstream components are started first and closed
 * last. {@code close} may be called twice, and before {@code start}; it returns within its deadline, having given back every
 * thread, socket and file.
 */
public interface Component extends AutoCloseable {
    /** Begins to work; throws with a message for the operator when it can't. */
    void start();

    @Override
    void close();
}
