package io.stackhouse.processor.downsample;

/**
 * The decision about one row: Poisson (threshold) sampling.
 *
 * <p>A row of weight {@code w = max(value, threshold so far)} is kept with the probability {@code min(1, w/τ)} and then stands
 * for {@code max(w, τ)}. The expected weight of a set of rows is therefore its true sum, with a variance of
 * {@code Σ w(τ − w)} over the rows with {@code w < τ}. Stages with rising thresholds, decided by independent numbers, together
 * are one stage at the last threshold; a stage with a lower threshold than before keeps everything.
 */
final class ThresholdSampling {
    private static final double UNIT = 0x1.0p-53;

    private ThresholdSampling() {}

    /**
     * The row's new threshold, or -1 to drop it. Negative values can't be sampled: they stay as they are.
     *
     * @param value in any unit
     * @param oldThreshold the threshold it survived so far, 0 for none
     * @param newThreshold τ, 0 for none
     * @param random 64 random bits of this row at this stage
     */
    static long decide(long value, long oldThreshold, long newThreshold, long random) {
        if (value < 0) {
            return oldThreshold;
        }
        long weight = Math.max(value, oldThreshold);
        double uniform = ((random >>> 11) + 1) * UNIT;
        boolean isKept = weight >= newThreshold || uniform * newThreshold <= weight;
        return isKept ? Math.max(oldThreshold, newThreshold) : -1;
    }

    /**
     * The random bits of a row: by its content, its place in its batch, and the threshold it survived so far, so that two
     * stages decide independently of each other even with equal seeds.
     *
     * @param profileHash of the seed, the resource and scope, and the profile's time and place
     */
    static long random(long profileHash, long stackHash, long timestamp, long value, int row, long oldThreshold) {
        long hash = mix(mix(profileHash, stackHash), timestamp);
        return mix(mix(mix(hash, value), row), oldThreshold);
    }

    /** Mixes a word into a hash (the finalizer of MurmurHash3). */
    static long mix(long hash, long word) {
        long h = hash ^ (word * 0x9e3779b97f4a7c15L);
        h = (h ^ (h >>> 33)) * 0xff51afd7ed558ccdL;
        h = (h ^ (h >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return h ^ (h >>> 33);
    }
}
