package io.stackhouse.agent.sample;

/**
 * The time between two samples of a CPU. A period that is a multiple of the ticks which timers run on would meet the same moment
 * of periodic work again and again; such a one is made a little shorter. Counts are multiplied by the real period, so nothing is
 * off by it.
 */
final class SamplingPeriod {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long TICK_NANOS = 1_000_000L;
    private static final long NEAR_NANOS = 20_000L;
    private static final int SHORTEN_BY = 101;

    static long nanos(int frequencyHertz) {
        long period = NANOS_PER_SECOND / frequencyHertz;
        long past = period % TICK_NANOS;
        boolean beats = past < NEAR_NANOS || past > TICK_NANOS - NEAR_NANOS;
        return beats ? period - period / SHORTEN_BY : period;
    }

    private SamplingPeriod() {}
}
