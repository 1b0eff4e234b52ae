package io.stackhouse.pipeline.testing;

import java.util.Collection;
import java.util.Locale;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** Two benchmarks of one JMH run, one as a multiple of the other, for each value of a parameter. One thread. */
public final class BenchmarkRatios {
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private final Collection<RunResult> results;
    private final String parameter;

    public BenchmarkRatios(Collection<RunResult> results, String parameter) {
        this.results = results;
        this.parameter = parameter;
    }

    /** Prints to stdout how many times faster {@code ours} is, and what part of the memory it allocates. */
    public void print(String reference, String ours) {
        System.out.printf(
                "%n%-26s %22s %22s %14s %14s %12s %10s%n",
                parameter, reference, ours, "times faster", reference + " B", ours + " B", "allocated");
        TreeSet<String> values = new TreeSet<>();
        results.forEach(result -> values.add(result.getParams().getParam(parameter)));
        for (String value : values) {
            RunResult slow = find(reference, value);
            RunResult fast = find(ours, value);
            if (slow != null && fast != null) {
                printRow(value, slow, fast);
            }
        }
    }

    private static void printRow(String value, RunResult slow, RunResult fast) {
        Result<?> slowTime = slow.getPrimaryResult();
        Result<?> fastTime = fast.getPrimaryResult();
        double ratio = slowTime.getScore() / fastTime.getScore();
        double error = ratio
                * Math.hypot(
                        slowTime.getScoreError() / slowTime.getScore(), fastTime.getScoreError() / fastTime.getScore());
        double slowBytes = slow.getSecondaryResults().get(ALLOCATED).getScore();
        double fastBytes = fast.getSecondaryResults().get(ALLOCATED).getScore();
        System.out.printf(
                Locale.ROOT,
                "%-26s %22s %22s %14s %14.0f %12.0f %9.1f%%%n",
                value,
                time(slowTime),
                time(fastTime),
                String.format(Locale.ROOT, "%.1f ± %.1f", ratio, error),
                slowBytes,
                fastBytes,
                100 * fastBytes / slowBytes);
    }

    private static String time(Result<?> result) {
        return String.format(
                Locale.ROOT, "%.1f ± %.1f %s", result.getScore(), result.getScoreError(), result.getScoreUnit());
    }

    private @Nullable RunResult find(String benchmark, String value) {
        for (RunResult result : results) {
            if (result.getParams().getBenchmark().endsWith("." + benchmark)
                    && value.equals(result.getParams().getParam(parameter))) {
                return result;
            }
        }
        return null;
    }
}
