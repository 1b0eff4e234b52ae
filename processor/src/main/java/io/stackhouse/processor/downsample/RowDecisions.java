package io.stackhouse.processor.downsample;

import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.BelievedTimes;
import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.ProfileHeader;
import io.stackhouse.pipeline.identity.ResourceHash;
import io.stackhouse.pipeline.identity.StackHasher;
import io.stackhouse.processor.downsample.DownsampleConfig.BudgetScope;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decides about the rows of batches, by content: the same request, replayed, meets the same random numbers.
 *
 * <p>Two passes. The first adds up the totals and finds the rows that are always kept, without a look at the random numbers; these
 * are a stratum of their own with inclusion probability 1 and keep the threshold that they came with, 0 when they were never sampled.
 * Then the thresholds of the others are fixed (see {@link Budget}), and the second pass draws.
 *
 * <p>One thread. Arrays are kept from batch to batch; nothing is allocated per row.
 */
final class RowDecisions implements ProfileBatch.RowSampling {
    private static final long LAST_56_BITS = (1L << 56) - 1;
    private static final Reason[] REASONS = Reason.values();

    private final DownsampleConfig config;
    private final Thresholds thresholds;
    private final NotableTraces notable;
    private final Clock clock;
    private final DownsampleMetrics metrics;
    private final SharedBudget shared;
    private final Budget budget;
    private final FirstSeen firstSeen;
    private final TotalsTable totals;
    private final long rejectedBelow;

    private long[] profileThreshold = new long[16];
    private long[] profileHash = new long[16];
    private long[] serviceHash = new long[16];
    private Budget.@Nullable Stratum[] stratum = new Budget.Stratum[16];
    private double[] chanceWeights = new double[16];
    private long[] chanceRows = new long[16];
    private long[] alwaysKept = new long[16];
    private byte[] rowReason = new byte[1024];
    private int[] rowTotal = new int[1024];
    private final long[] keptByReason = new long[REASONS.length];
    private @Nullable StackHasher stacks;
    private boolean hasTotals;
    private long fixedWindow = Long.MIN_VALUE;
    private double fixedRows;
    private double fixedFirstSights;
    private long overflow;

    RowDecisions(
            DownsampleConfig config,
            SharedBudget shared,
            NotableTraces notable,
            Clock clock,
            DownsampleMetrics metrics) {
        this.config = config;
        this.thresholds = new Thresholds(config);
        this.notable = notable;
        this.clock = clock;
        this.metrics = metrics;
        this.shared = shared;
        this.budget = shared.rows();
        this.firstSeen = shared.firstSeen();
        this.totals = new TotalsTable(config.window().toNanos());
        this.rejectedBelow = rejectionThreshold(config.traces().samplingProbability());
    }

    /** T of consistent probability sampling: traces whose last 56 bits are T or more are kept. */
    static long rejectionThreshold(double probability) {
        return Math.round((1 - probability) * (LAST_56_BITS + 1));
    }

    /** Whether a trace is kept by consistent probability sampling. */
    boolean isSampled(long traceLow) {
        return (traceLow & LAST_56_BITS) >= rejectedBelow;
    }

    /** Drops rows of the batch, and puts its totals beside it. */
    void sample(ProfileBatch batch) {
        if (!thresholds.isAnySet()) {
            return;
        }
        turn(clock.unixNanos());
        firstSeen.at(batch.receivedUnixNanos());
        stacks = new StackHasher(batch.dictionary());
        openProfiles(batch);
        // An earlier stage's totals are nearer to the truth.
        hasTotals = batch.totals().isEmpty();
        if (hasTotals) {
            totals.open(batch);
        }
        look(batch);
        book(batch.profileCount());
        batch.sampleRows(this);
        if (hasTotals) {
            batch.setTotals(totals.totals(batch));
        }
        Arrays.fill(stratum, null);
        stacks = null;
        metrics.kept(keptByReason);
        metrics.firstSeenOverflow(overflow);
        overflow = 0;
    }

    private void turn(long unixNanos) {
        if (budget.moveTo(unixNanos)) {
            metrics.thresholds(budget.thresholds());
        }
        long window = Math.floorDiv(unixNanos, config.window().toNanos());
        if (window != fixedWindow) {
            fixedWindow = window;
            fixedRows = 0;
            fixedFirstSights = 0;
        }
    }

    /** All rows of the request count for the thresholds of all its rows. */
    private void book(int profiles) {
        for (int i = 0; i < profiles; i++) {
            Budget.Stratum own = stratum[i];
            if (own != null) {
                budget.add(own, chanceWeights[i], chanceRows[i], alwaysKept[i]);
            }
        }
        for (int i = 0; i < profiles; i++) {
            Budget.Stratum own = stratum[i];
            if (own != null) {
                profileThreshold[i] = budget.threshold(own);
            }
        }
    }

    private void openProfiles(ProfileBatch batch) {
        int profiles = batch.profileCount();
        if (profiles > profileThreshold.length) {
            profileThreshold = new long[profiles];
            profileHash = new long[profiles];
            serviceHash = new long[profiles];
            stratum = new Budget.Stratum[profiles];
            chanceWeights = new double[profiles];
            chanceRows = new long[profiles];
            alwaysKept = new long[profiles];
        }
        Arrays.fill(chanceWeights, 0, profiles, 0);
        Arrays.fill(chanceRows, 0, profiles, 0);
        Arrays.fill(alwaysKept, 0, profiles, 0);
        for (int i = 0; i < profiles; i++) {
            ProfileHeader profile = batch.profile(i);
            Attributes resource = batch.resource(profile.resource()).attributes();
            String service = resource.text("service.namespace", "") + '\0' + resource.text("service.name", "");
            serviceHash[i] = service.hashCode() * 0x9e3779b97f4a7c15L;
            profileThreshold[i] = thresholds.of(profile.type());
            if (profileThreshold[i] == Thresholds.OF_BUDGET) {
                String owner = config.per() == BudgetScope.SERVICE ? service : "";
                stratum[i] = budget.stratum(owner, profile.type());
            }
            long hash = ResourceHash.of(batch.resource(profile.resource()), profile.scope());
            hash = ThresholdSampling.mix(ThresholdSampling.mix(config.seed(), hash), profile.timeUnixNanos());
            profileHash[i] = ThresholdSampling.mix(hash, i);
        }
        int rows = batch.rowCount();
        if (rows > rowReason.length) {
            rowReason = new byte[Math.max(rows, rowReason.length * 2)];
            rowTotal = new int[rowReason.length];
        }
    }

    /** The first pass. */
    private void look(ProfileBatch batch) {
        int rows = batch.rowCount();
        int sample = -1;
        int profile = 0;
        long profileTime = 0;
        for (int row = 0; row < rows; row++) {
            if (batch.rowSample(row) != sample) {
                sample = batch.rowSample(row);
                profile = batch.sampleProfile(sample);
                profileTime = batch.profile(profile).timeUnixNanos();
            }
            long threshold = batch.rowThreshold(row);
            long weight = threshold == 0 ? batch.rowValue(row) : Math.max(batch.rowValue(row), threshold);
            if (hasTotals) {
                long time =
                        BelievedTimes.stored(batch.rowTimestampUnixNanos(row), profileTime, batch.receivedUnixNanos());
                rowTotal[row] = totals.add(batch, profile, time, weight, batch.rowObservations(row));
            }
            Reason reason = profileThreshold[profile] == 0 ? Reason.WEIGHT : reason(batch, sample, profile);
            rowReason[row] = reason.code();
            if (stratum[profile] == null) {
                fixedRows++;
            } else if (reason == Reason.CHANCE) {
                chanceWeights[profile] += Math.max(0, weight);
                chanceRows[profile]++;
            } else if (reason != Reason.FIRST_SEEN) {
                alwaysKept[profile]++;
            }
        }
    }

    /** Why the row is always kept; CHANCE when it isn't. */
    private Reason reason(ProfileBatch batch, int sample, int profile) {
        Reason reason = traceReason(batch.dictionary(), batch.sampleLink(sample));
        if (config.firstSeen().share() == 0) {
            return reason;
        }
        int stack = batch.sampleStack(sample);
        long stackHash = stackHash(stack);
        if (stackHash == 0 || firstSeen.contains(serviceHash[profile], stackHash)) {
            return reason;
        }
        if (reason != Reason.CHANCE) {
            firstSeen.add(serviceHash[profile], stackHash);
            return reason;
        }
        if (isFirstSightLeft(profile) && firstSeen.add(serviceHash[profile], stackHash)) {
            return Reason.FIRST_SEEN;
        }
        overflow++;
        return Reason.CHANCE;
    }

    private Reason traceReason(Dictionary dictionary, int link) {
        if (link == 0) {
            return Reason.CHANCE;
        }
        long high = dictionary.linkTraceHigh(link);
        long low = dictionary.linkTraceLow(link);
        if ((high | low) == 0) {
            return Reason.CHANCE;
        }
        if (isSampled(low)) {
            return Reason.SAMPLED_TRACE;
        }
        return notable.contains(high, low) ? Reason.NOTABLE_TRACE : Reason.CHANCE;
    }

    private boolean isFirstSightLeft(int profile) {
        Budget.Stratum own = stratum[profile];
        if (own != null) {
            return budget.takeFirstSight(own, shared.firstSightsPerWindow());
        }
        // Without a budget: a share of the rows so far, this one included.
        if (fixedFirstSights + 1 > config.firstSeen().share() * (fixedRows + 1)) {
            return false;
        }
        fixedFirstSights++;
        return true;
    }

    private long stackHash(int stack) {
        StackHasher hasher = stacks;
        return hasher == null ? 0 : hasher.hash(stack);
    }

    @Override
    public long threshold(ProfileBatch batch, int row) {
        Reason reason = REASONS[rowReason[row]];
        long threshold = batch.rowThreshold(row);
        if (reason == Reason.CHANCE) {
            long value = batch.rowValue(row);
            int sample = batch.rowSample(row);
            int profile = batch.sampleProfile(sample);
            long wanted = profileThreshold[profile];
            if (value < 0 || Math.max(value, threshold) >= wanted) {
                reason = Reason.WEIGHT;
            }
            long random = ThresholdSampling.random(
                    profileHash[profile],
                    stackHash(batch.sampleStack(sample)),
                    batch.rowTimestampUnixNanos(row),
                    value,
                    row,
                    threshold);
            threshold = ThresholdSampling.decide(value, threshold, wanted, random);
        }
        if (threshold >= 0) {
            keptByReason[reason.code()]++;
            if (hasTotals) {
                totals.keep(rowTotal[row]);
            }
        }
        return threshold;
    }
}
