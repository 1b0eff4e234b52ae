package io.stackhouse.processor.downsample;

import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.ProfileHeader;
import io.stackhouse.pipeline.identity.ResourceHash;
import io.stackhouse.pipeline.identity.StackHasher;

/**
 * Decides about the rows of one batch, by content: the same request, replayed, keeps the same rows.
 *
 * <p>The hash covers resource, profile time, stack, the row's time and value, its place in the batch and the seed; and the
 * threshold it survived so far, so that two stages decide independently of each other even with equal seeds. One thread, one batch.
 */
final class RowDecisions implements ProfileBatch.RowSampling {
    private final long[] profileThreshold;
    private final long[] profileHash;
    private final StackHasher stacks;
    private boolean isNeeded;

    RowDecisions(ProfileBatch batch, Thresholds thresholds, long seed) {
        int profiles = batch.profileCount();
        this.profileThreshold = new long[profiles];
        this.profileHash = new long[profiles];
        this.stacks = new StackHasher(batch.dictionary());
        for (int i = 0; i < profiles; i++) {
            ProfileHeader profile = batch.profile(i);
            profileThreshold[i] = thresholds.of(profile.type());
            isNeeded |= profileThreshold[i] > 0;
            long resource = ResourceHash.of(batch.resource(profile.resource()), profile.scope());
            long hash = ThresholdSampling.mix(seed, resource);
            hash = ThresholdSampling.mix(hash, profile.timeUnixNanos());
            profileHash[i] = ThresholdSampling.mix(hash, i);
        }
    }

    /** Whether any profile of the batch has a threshold. */
    boolean isNeeded() {
        return isNeeded;
    }

    @Override
    public long threshold(ProfileBatch batch, int row) {
        int sample = batch.rowSample(row);
        int profile = batch.sampleProfile(sample);
        long before = batch.rowThreshold(row);
        long value = batch.rowValue(row);
        long wanted = profileThreshold[profile];
        if (wanted == 0) {
            return before;
        }
        long hash = ThresholdSampling.mix(profileHash[profile], stacks.hash(batch.sampleStack(sample)));
        hash = ThresholdSampling.mix(hash, batch.rowTimestampUnixNanos(row));
        hash = ThresholdSampling.mix(hash, value);
        hash = ThresholdSampling.mix(hash, row);
        hash = ThresholdSampling.mix(hash, before);
        return ThresholdSampling.decide(value, before, wanted, hash);
    }
}
