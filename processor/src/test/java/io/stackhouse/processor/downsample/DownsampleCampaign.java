package io.stackhouse.processor.downsample;

import io.stackhouse.pipeline.batch.ProfileHeader.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Shows by simulation that sampled sums are what docs/downsampling.md says: unbiased, with the variance of the formula, and
 * inside their 95 % intervals 95 times of 100. Uses the decisions and random numbers of the processor, on plain arrays.
 *
 * <p>A run is one set of random numbers for a population of {@value #ROWS} rows; populations differ by seed. The Monte-Carlo error
 * of each figure is computed with it. {@code scripts/benchmark.sh downsampling} starts {@link #main}.
 */
public final class DownsampleCampaign {
    private static final int ROWS = 4_000;
    private static final int BUDGET = 400;
    private static final int BATCH_ROWS = 100;
    private static final int SERVICES = 5;
    private static final double NORMAL_95 = 1.959964;
    private static final long WINDOW_NANOS = 10_000_000_000L;
    private static final long[] FIXED_SEEDS = {20_260_101L, 2, 3_141_592_653L};

    /** How far figures may be off. */
    static final double MAX_BIAS = 0.002;

    static final double MAX_VARIANCE_ERROR = 0.03;
    static final double LEAST_COVERAGE = 0.94;
    static final double MOST_COVERAGE = 0.96;

    private DownsampleCampaign() {}

    /** Arguments: runs per seed and scheme (200,000 when absent), and a seed in place of a random one. */
    public static void main(String[] args) {
        int runs = args.length > 0 ? Integer.parseInt(args[0]) : 200_000;
        long random = args.length > 1 ? Long.parseLong(args[1]) : new SplittableRandom().nextLong();
        System.out.println("runs per seed and scheme: " + runs + "; the random seed is " + random);
        List<String> failures = new ArrayList<>();
        List<Figures> all = new ArrayList<>();
        for (long seed : new long[] {FIXED_SEEDS[0], FIXED_SEEDS[1], FIXED_SEEDS[2], random}) {
            for (Figures figures : run(seed, runs)) {
                System.out.println(figures);
                failures.addAll(figures.failures());
                all.add(figures);
            }
        }
        System.out.println(worst(all));
        System.out.println(failures.isEmpty() ? "all within bounds" : String.join("\n", failures));
        if (!failures.isEmpty()) {
            throw new IllegalStateException(failures.size() + " figures are out of bounds");
        }
    }

    static long[] fixedSeeds() {
        return FIXED_SEEDS.clone();
    }

    private static String worst(List<Figures> all) {
        double bias = 0;
        double variance = 0;
        double least = 1;
        double most = 0;
        double biasError = 0;
        double varianceError = 0;
        double coverageError = 0;
        for (Figures figures : all) {
            bias = Math.max(bias, Math.abs(figures.bias));
            variance = Math.max(variance, Math.abs(figures.varianceRatio - 1));
            least = Math.min(least, figures.coverage);
            most = Math.max(most, figures.coverage);
            biasError = Math.max(biasError, figures.biasError);
            varianceError = Math.max(varianceError, figures.varianceError);
            coverageError = Math.max(coverageError, figures.coverageError);
        }
        return String.format(
                Locale.ROOT,
                "worst of %d figures: bias %.5f (Monte-Carlo error at most %.5f), variance off by %.4f (%.4f),"
                        + " coverage %.4f to %.4f (%.4f)",
                all.size(),
                bias,
                biasError,
                variance,
                varianceError,
                least,
                most,
                coverageError);
    }

    /** What is known of one subset's sum after all runs. */
    record Figures(
            String name,
            double bias,
            double biasError,
            double varianceRatio,
            double varianceError,
            double estimatedVarianceRatio,
            double coverage,
            double coverageError,
            double normalCoverage,
            double keptRows,
            long lostAlwaysKept) {
        /** What breaks a bound, or has too large an error to tell. */
        List<String> failures() {
            List<String> failures = new ArrayList<>();
            check(failures, Math.abs(bias) < MAX_BIAS, "bias");
            check(failures, biasError <= MAX_BIAS / 4, "error of the bias");
            check(failures, Math.abs(varianceRatio - 1) < MAX_VARIANCE_ERROR, "variance");
            check(failures, varianceError <= MAX_VARIANCE_ERROR / 4, "error of the variance");
            check(failures, coverage >= LEAST_COVERAGE && coverage <= MOST_COVERAGE, "coverage");
            check(failures, coverageError <= (MOST_COVERAGE - 0.95) / 4, "error of the coverage");
            check(failures, lostAlwaysKept == 0, "rows that must be kept");
            return failures;
        }

        private void check(List<String> failures, boolean isRight, String what) {
            if (!isRight) {
                failures.add("out of bounds: " + what + " of " + this);
            }
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%-44s bias %+.5f ± %.5f  variance/theory %.4f ± %.4f  estimated/theory %.4f  coverage %.4f ± %.4f"
                            + " (normal %.4f)"
                            + "  kept %.1f  must be kept and were lost %d",
                    name,
                    bias,
                    biasError,
                    varianceRatio,
                    varianceError,
                    estimatedVarianceRatio,
                    coverage,
                    coverageError,
                    normalCoverage,
                    keptRows,
                    lostAlwaysKept);
        }
    }

    /** All schemes on the population of the seed. */
    static List<Figures> run(long seed, int runs) {
        List<Figures> figures = new ArrayList<>();
        for (Scheme scheme : Scheme.values()) {
            figures.addAll(new Simulation(new Population(seed, scheme), scheme, seed).run(runs));
        }
        return figures;
    }

    /** How rows are decided about. */
    enum Scheme {
        ONE_STAGE,
        /** A fifth of the threshold first, by the same seed. */
        TWO_STAGES,
        /** Each request's threshold from what was seen. */
        BUDGET,
        /** Two of a hundred rows are kept for their trace, one for its first sight. */
        ALWAYS_KEPT
    }

    /** Rows, and the threshold that each is decided with. */
    private static final class Population {
        final long[] value = new long[ROWS];
        final long[] stack = new long[ROWS];
        final long[] time = new long[ROWS];
        final long[] threshold = new long[ROWS];
        final boolean[] isAlwaysKept = new boolean[ROWS];
        final int[] service = new int[ROWS];

        Population(long seed, Scheme scheme) {
            SplittableRandom random = new SplittableRandom(seed);
            double sum = 0;
            for (int i = 0; i < ROWS; i++) {
                // Heavy-tailed, as CPU times of stacks are.
                value[i] = (long) (5_000_000 / Math.pow(random.nextDouble(), 0.6));
                stack[i] = random.nextLong();
                time[i] = 1_700_000_000_000_000_000L + random.nextInt(10_000) * 1_000_000L;
                service[i] = random.nextInt(SERVICES);
                isAlwaysKept[i] = scheme == Scheme.ALWAYS_KEPT && random.nextInt(100) < 3;
                sum += isAlwaysKept[i] ? 0 : value[i];
            }
            if (scheme == Scheme.BUDGET) {
                thresholdsOfBudget();
            } else {
                Arrays.fill(threshold, (long) Math.ceil(sum / BUDGET));
            }
        }

        /** A window of a third of the rows, then one of the others; two sample types; the real {@link Budget}. */
        private void thresholdsOfBudget() {
            Budget budget = new Budget(BUDGET, WINDOW_NANOS);
            ValueType[] types = {new ValueType("cpu", "nanoseconds"), new ValueType("wall", "nanoseconds")};
            for (int from = 0; from < ROWS; from += BATCH_ROWS) {
                budget.moveTo(from < ROWS / 3 ? 0 : WINDOW_NANOS);
                for (int i = from; i < from + BATCH_ROWS; i++) {
                    budget.add(budget.stratum("", types[i & 1]), (double) value[i], 1, 0);
                }
                for (int i = from; i < from + BATCH_ROWS; i++) {
                    threshold[i] = budget.threshold(budget.stratum("", types[i & 1]));
                }
            }
        }
    }

    /** Everything, every 13th row, one service. */
    private static final String[] SUBSETS = {"all rows", "every 13th row", "one service"};

    private static boolean isIn(int subset, Population population, int row) {
        return switch (subset) {
            case 0 -> true;
            case 1 -> row % 13 == 0;
            default -> population.service[row] == 0;
        };
    }

    private static final class Simulation {
        private final Population population;
        private final Scheme scheme;
        private final long seed;
        private final int[] subsetsOfRow = new int[ROWS];
        private final double[] estimate = new double[SUBSETS.length];
        private final double[] estimatedVariance = new double[SUBSETS.length];
        /** The part of the estimate that chance had a say in. */
        private final double[] chanceWeight = new double[SUBSETS.length];

        private long keptRows;
        private long lost;

        Simulation(Population population, Scheme scheme, long seed) {
            this.population = population;
            this.scheme = scheme;
            this.seed = seed;
            for (int i = 0; i < ROWS; i++) {
                for (int s = 0; s < SUBSETS.length; s++) {
                    subsetsOfRow[i] |= isIn(s, population, i) ? 1 << s : 0;
                }
            }
        }

        List<Figures> run(int runs) {
            Moments[] moments = new Moments[SUBSETS.length];
            for (int s = 0; s < SUBSETS.length; s++) {
                moments[s] = new Moments(trueSum(s), theory(s));
            }
            for (int run = 0; run < runs; run++) {
                once(ThresholdSampling.mix(ThresholdSampling.mix(seed + run, 1), 2));
                for (int s = 0; s < SUBSETS.length; s++) {
                    moments[s].add(estimate[s], estimatedVariance[s], chanceWeight[s]);
                }
            }
            List<Figures> figures = new ArrayList<>();
            for (int s = 0; s < SUBSETS.length; s++) {
                String name = scheme.name().toLowerCase(Locale.ROOT) + ", " + SUBSETS[s] + ", seed " + seed;
                figures.add(moments[s].figures(name, (double) keptRows / runs, lost));
            }
            return figures;
        }

        private double trueSum(int subset) {
            double sum = 0;
            for (int i = 0; i < ROWS; i++) {
                sum += isIn(subset, population, i) ? population.value[i] : 0;
            }
            return sum;
        }

        private double theory(int subset) {
            double variance = 0;
            for (int i = 0; i < ROWS; i++) {
                double below = population.threshold[i] - population.value[i];
                if (isIn(subset, population, i) && !population.isAlwaysKept[i] && below > 0) {
                    variance += population.value[i] * below;
                }
            }
            return variance;
        }

        private void once(long hash) {
            for (int s = 0; s < SUBSETS.length; s++) {
                estimate[s] = 0;
                estimatedVariance[s] = 0;
                chanceWeight[s] = 0;
            }
            for (int i = 0; i < ROWS; i++) {
                long kept = decide(hash, i);
                if (kept < 0) {
                    lost += population.isAlwaysKept[i] ? 1 : 0;
                    continue;
                }
                keptRows++;
                long value = population.value[i];
                double weight = Math.max(value, kept);
                double variance = value < kept ? (double) kept * (kept - value) : 0;
                for (int s = 0; s < SUBSETS.length; s++) {
                    if ((subsetsOfRow[i] & 1 << s) != 0) {
                        estimate[s] += weight;
                        estimatedVariance[s] += variance;
                        chanceWeight[s] += value < kept ? kept : 0;
                    }
                }
            }
        }

        private long decide(long hash, int i) {
            if (population.isAlwaysKept[i]) {
                return 0;
            }
            long first = scheme == Scheme.TWO_STAGES ? population.threshold[i] / 5 : population.threshold[i];
            long kept = stage(hash, i, 0, first);
            return kept < 0 || scheme != Scheme.TWO_STAGES ? kept : stage(hash, i, kept, population.threshold[i]);
        }

        private long stage(long hash, int i, long before, long threshold) {
            long value = population.value[i];
            long random = ThresholdSampling.random(hash, population.stack[i], population.time[i], value, i, before);
            return ThresholdSampling.decide(value, before, threshold, random);
        }
    }

    /** Of the difference between estimate and truth, in standard deviations as theory has them. */
    private static final class Moments {
        private final double truth;
        private final double theory;
        private final double deviation;
        private double first;
        private double second;
        private double third;
        private double fourth;
        private double estimatedVariance;
        private long covered;
        private long normalCovered;
        private long runs;

        Moments(double truth, double theory) {
            this.truth = truth;
            this.theory = theory;
            this.deviation = Math.sqrt(theory);
        }

        void add(double estimate, double variance, double chanceWeight) {
            double x = (estimate - truth) / deviation;
            first += x;
            second += x * x;
            third += x * x * x;
            fourth += x * x * x * x;
            estimatedVariance += variance;
            normalCovered += Math.abs(estimate - truth) <= NORMAL_95 * Math.sqrt(variance) ? 1 : 0;
            // The score interval: where the truth could lie, had its own variance grown with it.
            double shift = chanceWeight == 0 ? 0 : NORMAL_95 * NORMAL_95 * variance / chanceWeight / 2;
            double half = Math.sqrt(NORMAL_95 * NORMAL_95 * variance + shift * shift);
            covered += Math.abs(estimate + shift - truth) <= half ? 1 : 0;
            runs++;
        }

        Figures figures(String name, double keptRows, long lost) {
            double mean = first / runs;
            double variance = second / runs - mean * mean;
            double centralFourth =
                    (fourth - 4 * mean * third + 6 * mean * mean * second) / runs - 3 * mean * mean * mean * mean;
            double coverage = (double) covered / runs;
            return new Figures(
                    name,
                    mean * deviation / truth,
                    Math.sqrt(variance / runs) * deviation / truth,
                    variance,
                    Math.sqrt((centralFourth - variance * variance) / runs),
                    estimatedVariance / runs / theory,
                    coverage,
                    Math.sqrt(coverage * (1 - coverage) / runs),
                    (double) normalCovered / runs,
                    keptRows,
                    lost);
        }
    }
}
