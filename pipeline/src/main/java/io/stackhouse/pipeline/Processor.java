package io.stackhouse.pipeline;

/** A stage of a pipeline: takes a batch, changes or replaces it, hands it to the next. See {@link Consumer} for threads. */
public interface Processor extends Component, Consumer {}
