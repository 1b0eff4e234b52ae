package io.stackhouse.agent;

import io.stackhouse.agent.sample.SampleCounters;

/**
 * What the sampling thread knows at the end of an interval, for other threads to read.
 *
 * @param counters of the kernel's side, for CPU samples
 * @param pageFaults the same for page faults
 * @param sleeps the same for sleeps
 * @param sleepChanceMillionths the chance with which a sleep is drawn
 * @param stacks that are remembered
 * @param refusedStacks that found no room
 * @param notCapturedSamples without frames
 * @param intervals that have ended
 */
record AgentFigures(
        SampleCounters counters,
        SampleCounters pageFaults,
        SampleCounters sleeps,
        long sleepChanceMillionths,
        int stacks,
        long refusedStacks,
        long notCapturedSamples,
        long intervals) {
    static final AgentFigures NONE =
            new AgentFigures(SampleCounters.NONE, SampleCounters.NONE, SampleCounters.NONE, 0, 0, 0, 0, 0);
}
