package io.stackhouse.agent.sample;

/**
 * What one sample stands for, of the events that have a period.
 *
 * @param cpuNanos CPU time
 * @param pageFaults page faults; 0 while they are not sampled
 */
public record EventPeriods(long cpuNanos, long pageFaults) {
    /** CPU time alone. */
    public static EventPeriods ofCpu(long nanos) {
        return new EventPeriods(nanos, 0);
    }

    /** By what a sample's value is multiplied; the values of sleeps are nanoseconds already. */
    public long of(Event event) {
        return switch (event) {
            case CPU -> cpuNanos;
            case PAGE_FAULT -> pageFaults;
            case OFF_CPU -> 1;
        };
    }
}
