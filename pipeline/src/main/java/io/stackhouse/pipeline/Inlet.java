package io.stackhouse.pipeline;

/**
 * The door of a pipeline: takes a request into the journal and answers.
 *
 * <p>Any thread; never blocks for long. When the pipeline is full or closed, the ack is refused.
 */
@FunctionalInterface
public interface Inlet {
    void submit(Request request, Ack ack);
}
