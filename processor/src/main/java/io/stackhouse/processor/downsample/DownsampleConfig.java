package io.stackhouse.processor.downsample;

import java.time.Duration;
import java.util.Map;

/**
 * Settings of {@code downsample}.
 *
 * @param threshold rows at or above it are always kept, a smaller row with the probability value/threshold; in the unit of the
 *     values; 0 keeps everything
 * @param thresholds the same for single sample types, by {@code type} or {@code type/unit} such as {@code cpu/nanoseconds}
 * @param samplesPerSecond a budget that thresholds are found for, for sample types that {@code thresholds} doesn't name; 0 for none
 * @param per whose budget it is
 * @param window what a budget is kept over, and totals are made for; windows begin at multiples of it since 1970
 * @param seed decides with the rows' content which are kept
 * @param firstSeen the first sight of stacks
 * @param traces samples of traces
 */
public record DownsampleConfig(
        long threshold,
        Map<String, Long> thresholds,
        double samplesPerSecond,
        BudgetScope per,
        Duration window,
        long seed,
        FirstSeenConfig firstSeen,
        TracesConfig traces) {
    private static final Duration LONGEST_WINDOW = Duration.ofDays(1);

    public DownsampleConfig {
        if (threshold < 0) {
            throw new IllegalArgumentException("threshold must be 0 or more, not " + threshold);
        }
        for (Map.Entry<String, Long> entry : thresholds.entrySet()) {
            if (entry.getValue() < 0) {
                throw new IllegalArgumentException(
                        "thresholds of " + entry.getKey() + " must be 0 or more, not " + entry.getValue());
            }
        }
        if (!(samplesPerSecond >= 0 && samplesPerSecond <= 1e12)) {
            throw new IllegalArgumentException("samples_per_second must be from 0 to 1e12, not " + samplesPerSecond);
        }
        if (samplesPerSecond > 0 && threshold > 0) {
            throw new IllegalArgumentException(
                    "threshold can't stand beside samples_per_second, which finds it; leave one of them out");
        }
        if (window.compareTo(Duration.ofMillis(100)) < 0 || window.compareTo(LONGEST_WINDOW) > 0) {
            throw new IllegalArgumentException("window must be from 100ms to 24h; write 10s");
        }
        thresholds = Map.copyOf(thresholds);
    }

    /** A fixed threshold, and nothing that is kept for another reason. */
    static DownsampleConfig fixed(long threshold, Map<String, Long> thresholds, long seed) {
        return new DownsampleConfig(
                threshold,
                thresholds,
                0,
                BudgetScope.PIPELINE,
                Duration.ofSeconds(10),
                seed,
                new FirstSeenConfig(0, 1),
                new TracesConfig(0, true, Duration.ZERO, 1, Duration.ofMinutes(5), Duration.ZERO, 1));
    }

    /** Whose budget {@code samples_per_second} is. */
    public enum BudgetScope {
        /** All that the pipeline handles. */
        PIPELINE,
        /** Each service's own. */
        SERVICE
    }

    /**
     * Settings of {@code first_seen}.
     *
     * @param share at most this share of the budget, or of the incoming rows when there is none, is kept because a service's stack is
     *     seen for the first time in an hour; 0 turns it off
     * @param maxStacks how many stacks are remembered
     */
    public record FirstSeenConfig(double share, int maxStacks) {
        private static final int MOST = 1 << 26;

        public FirstSeenConfig {
            if (!(share >= 0 && share <= 0.5)) {
                throw new IllegalArgumentException("share must be from 0 to 0.5, not " + share);
            }
            if (maxStacks < 1 || maxStacks > MOST) {
                throw new IllegalArgumentException("max_stacks must be from 1 to " + MOST + ", not " + maxStacks);
            }
        }
    }

    /**
     * Settings of {@code traces}.
     *
     * @param samplingProbability samples of traces that consistent probability sampling keeps at this probability are all kept;
     *     0 for none
     * @param errors whether traces with a span that failed are remembered, where the processor is in a traces pipeline
     * @param slow spans that take so long make their trace remembered; 0 for none
     * @param maxTraces how many traces are remembered; the oldest are forgotten first
     * @param remember for how long
     * @param hold how long rows of traces wait for what becomes of their trace; 0 for not at all
     * @param maxHeldRows so many rows wait at most, then the oldest are decided about early
     */
    public record TracesConfig(
            double samplingProbability,
            boolean errors,
            Duration slow,
            int maxTraces,
            Duration remember,
            Duration hold,
            int maxHeldRows) {
        private static final int MOST = 1 << 26;
        private static final Duration LONGEST = Duration.ofHours(24);

        public TracesConfig {
            if (!(samplingProbability >= 0 && samplingProbability <= 1)) {
                throw new IllegalArgumentException(
                        "sampling_probability must be from 0 to 1, not " + samplingProbability);
            }
            if (slow.isNegative()) {
                throw new IllegalArgumentException("slow must be 0s or more; write 500ms");
            }
            if (maxTraces < 1 || maxTraces > MOST) {
                throw new IllegalArgumentException("max_traces must be from 1 to " + MOST + ", not " + maxTraces);
            }
            if (remember.compareTo(Duration.ofSeconds(1)) < 0 || remember.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("remember must be from 1s to 24h; write 5m");
            }
            if (hold.isNegative() || hold.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("hold must be from 0s to 24h; write 30s");
            }
            if (maxHeldRows < 1) {
                throw new IllegalArgumentException("max_held_rows must be 1 or more, not " + maxHeldRows);
            }
        }
    }
}
