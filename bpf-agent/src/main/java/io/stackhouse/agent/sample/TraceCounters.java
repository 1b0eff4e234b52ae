package io.stackhouse.agent.sample;

/**
 * What threads said of themselves while samples were taken, since the start. Any thread.
 *
 * @param traced samples sent one by one with a trace context, or with attributes of it
 * @param read contexts that were valid; those without a sampled span and without attributes change nothing
 * @param bad contexts that were announced and could not be read, or made no sense
 * @param cut contexts whose attributes were left out, being larger than what is taken
 * @param untraced samples with a context that found the ring full and were counted without it
 */
public record TraceCounters(long traced, long read, long bad, long cut, long untraced) {
    public static final TraceCounters NONE = new TraceCounters(0, 0, 0, 0, 0);
}
