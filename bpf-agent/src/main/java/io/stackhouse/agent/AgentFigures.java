package io.stackhouse.agent;

import io.stackhouse.agent.sample.SampleCounters;

/**
 * What the sampling thread knows at the end of an interval, for other threads to read.
 *
 * @param counters of the kernel's side
 * @param stacks that are remembered
 * @param refusedStacks that found no room
 * @param notCapturedSamples without frames
 * @param intervals that have ended
 */
record AgentFigures(SampleCounters counters, int stacks, long refusedStacks, long notCapturedSamples, long intervals) {
    static final AgentFigures NONE = new AgentFigures(SampleCounters.NONE, 0, 0, 0, 0);
}
