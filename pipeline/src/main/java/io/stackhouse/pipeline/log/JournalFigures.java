package io.stackhouse.pipeline.log;

/**
 * What a journal holds at one moment.
 *
 * @param records accepted requests that not every destination has
 * @param memoryBytes of requests in memory: waiting to be written, kept, or on their way
 * @param diskBytes of the segments; 0 for a journal in memory
 * @param oldestUnixNanos receipt of the oldest of {@code records}; {@link Long#MAX_VALUE} when there is none
 */
public record JournalFigures(long records, long memoryBytes, long diskBytes, long oldestUnixNanos) {}
