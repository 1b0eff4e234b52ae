package io.stackhouse.pipeline.batch;

/**
 * The request of a journal on disk that rows come from; a destination that remembers it knows a request that is given out again after a
 * crash. Immutable.
 *
 * @param journal identity of the journal; another one when its sequences begin anew
 * @param sequence of the request in it
 * @param receivedUnixNanos when the request was received; equal sequences with another time are another request
 * @param floor requests below this sequence are not given out again, as far as was known when this one was
 */
public record Origin(String journal, long sequence, long receivedUnixNanos, long floor) {}
