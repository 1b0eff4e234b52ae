package io.stackhouse.agent.sample;

/**
 * What is sampled beside CPU time.
 *
 * @param pageFaultPeriod one sample for so many page faults of a CPU, 1 to 1 Mi; 0 for none
 * @param sleepsPerSecond how many sleeps shall be drawn per second and CPU, 1 to 10000; 0 for none
 * @param maxSleeps how many drawn sleeps can go on at a time, 16 to 64 Ki
 */
public record MoreEvents(int pageFaultPeriod, int sleepsPerSecond, int maxSleeps) {
    private static final int MAX_PERIOD = 1 << 20;
    private static final int MAX_SLEEPS_PER_SECOND = 10_000;
    private static final int LEAST_SLEEPS = 16;
    private static final int MOST_SLEEPS = 1 << 16;
    private static final int DEFAULT_MAX_SLEEPS = 4096;

    public static final MoreEvents NONE = new MoreEvents(0, 0);

    public MoreEvents {
        SamplerConfig.require("page faults", pageFaultPeriod, 0, MAX_PERIOD);
        SamplerConfig.require("sleeps per second", sleepsPerSecond, 0, MAX_SLEEPS_PER_SECOND);
        SamplerConfig.require("sleeps at a time", maxSleeps, LEAST_SLEEPS, MOST_SLEEPS);
    }

    /** With the usual number of sleeps at a time. */
    public MoreEvents(int pageFaultPeriod, int sleepsPerSecond) {
        this(pageFaultPeriod, sleepsPerSecond, DEFAULT_MAX_SLEEPS);
    }

    boolean hasPageFaults() {
        return pageFaultPeriod > 0;
    }

    boolean hasSleeps() {
        return sleepsPerSecond > 0;
    }
}
