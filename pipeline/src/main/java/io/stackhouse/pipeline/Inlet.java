package io.stackhouse.pipeline;

import org.jspecify.annotations.Nullable;

/**
 * The door of a pipeline: takes a request into the journal and answers.
 *
 * <p>Any thread; never blocks for long. When the pipeline is full or closed, the ack is refused.
 */
@FunctionalInterface
public interface Inlet {
    void submit(Request request, Ack ack);

    /** Why any request would be refused now, or null; asked before a body is read, so that none is read and decoded in vain. */
    default @Nullable RefusedException refusal() {
        return null;
    }
}
