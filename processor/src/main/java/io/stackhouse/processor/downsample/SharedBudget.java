package io.stackhouse.processor.downsample;

import java.util.concurrent.TimeUnit;

/**
 * What the lanes of one place in a pipeline share, so that a budget, and the first sight of a stack, mean the same with several lanes as with
 * one. Any thread.
 *
 * @param rows finds thresholds
 * @param firstSeen the stacks that were seen
 * @param firstSightsPerWindow of each service or of all together: as many rows of a window are kept for their first sight
 * @param lanes how many share it
 */
record SharedBudget(Budget rows, FirstSeen firstSeen, double firstSightsPerWindow, int lanes) {
    static SharedBudget of(DownsampleConfig config, int lanes) {
        double windowSeconds = config.window().toNanos() / (double) TimeUnit.SECONDS.toNanos(1);
        double rows = config.samplesPerSecond() * windowSeconds;
        double firstSights = rows * config.firstSeen().share();
        int stacks = config.firstSeen().share() > 0 ? config.firstSeen().maxStacks() : 1;
        return new SharedBudget(
                new Budget(rows - firstSights, config.window().toNanos()), new FirstSeen(stacks), firstSights, lanes);
    }
}
