package io.stackhouse.agent.interval;

/**
 * Bounds of what is remembered between intervals.
 *
 * @param maxStacks stacks that are known at a time, at least 1
 * @param maxIdleIntervals a stack without samples for so many intervals is forgotten, at least 1
 * @param keepTimes whether samples keep their own times; else they are counted per interval
 */
public record IntervalConfig(int maxStacks, int maxIdleIntervals, boolean keepTimes) {
    public IntervalConfig {
        if (maxStacks < 1 || maxIdleIntervals < 1) {
            throw new IllegalArgumentException(
                    "maxStacks " + maxStacks + ", maxIdleIntervals " + maxIdleIntervals + ": must be at least 1");
        }
    }
}
