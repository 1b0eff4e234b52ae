package io.stackhouse.processor.batch;

import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.ProfileHeader;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Cuts profiles into parts of a number of rows. A sample isn't cut; one with more rows makes a part alone. Stateless. */
final class ProfileParts {
    private ProfileParts() {}

    /** The batch itself when it is small enough. The parts have no receipts; the first has the totals. */
    static List<ProfileBatch> of(ProfileBatch batch, int maxRows) {
        if (maxRows == 0 || batch.rowCount() <= maxRows) {
            return List.of(batch);
        }
        List<BitSet> samples = samples(batch, maxRows);
        List<ProfileBatch> parts = new ArrayList<>(samples.size());
        BitSet seen = new BitSet(batch.profileCount());
        for (int i = 0; i < samples.size(); i++) {
            BitSet profiles = profilesOf(batch, samples.get(i));
            if (i == 0) {
                // And what has no samples at all: a profile may carry a payload alone.
                profiles.or(withoutSamples(batch));
            }
            ProfileBatch part = batch.part(profiles, samples.get(i));
            dropPayloads(part, profiles, seen);
            part.setTotals(i == 0 ? batch.totals() : List.of());
            seen.or(profiles);
            parts.add(part);
        }
        return parts;
    }

    private static List<BitSet> samples(ProfileBatch batch, int maxRows) {
        int[] rows = new int[batch.sampleCount()];
        for (int row = 0; row < batch.rowCount(); row++) {
            rows[batch.rowSample(row)]++;
        }
        List<BitSet> parts = new ArrayList<>();
        BitSet part = new BitSet();
        long taken = 0;
        for (int sample = 0; sample < rows.length; sample++) {
            if (taken > 0 && taken + rows[sample] > maxRows) {
                parts.add(part);
                part = new BitSet();
                taken = 0;
            }
            part.set(sample);
            taken += rows[sample];
        }
        parts.add(part);
        return parts;
    }

    private static BitSet profilesOf(ProfileBatch batch, BitSet samples) {
        BitSet profiles = new BitSet(batch.profileCount());
        for (int i = samples.nextSetBit(0); i >= 0; i = samples.nextSetBit(i + 1)) {
            profiles.set(batch.sampleProfile(i));
        }
        return profiles;
    }

    private static BitSet withoutSamples(ProfileBatch batch) {
        BitSet all = new BitSet(batch.sampleCount());
        all.set(0, batch.sampleCount());
        BitSet without = profilesOf(batch, all);
        without.flip(0, batch.profileCount());
        return without;
    }

    /** A profile in several parts has its payload in the first of them alone. */
    private static void dropPayloads(ProfileBatch part, BitSet profiles, BitSet seen) {
        List<ProfileHeader> headers = new ArrayList<>(part.profileCount());
        int profile = profiles.nextSetBit(0);
        for (int i = 0; i < part.profileCount(); i++) {
            ProfileHeader header = part.profile(i);
            headers.add(seen.get(profile) ? header.withoutPayload() : header);
            profile = profiles.nextSetBit(profile + 1);
        }
        part.setProfiles(part.dictionary(), headers);
    }
}
