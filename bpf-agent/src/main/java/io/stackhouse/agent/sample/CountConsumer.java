package io.stackhouse.agent.sample;

/** Takes the counts of an interval on the thread that drains. */
@FunctionalInterface
public interface CountConsumer {
    /**
     * Takes the count of one stack.
     *
     * @param hash of a stack whose body was handed over before, unless the ring was full at that time
     * @param tgid the process's id
     * @param event what was counted
     * @param samples at least 1
     */
    void count(long hash, int tgid, Event event, long samples);
}
