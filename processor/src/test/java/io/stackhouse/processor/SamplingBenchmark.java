package io.stackhouse.processor;

import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.otlp.ProfilesDecoder;
import io.stackhouse.pipeline.testing.BenchmarkPayloads;
import io.stackhouse.processor.aggregate.AggregateConfig;
import io.stackhouse.processor.aggregate.AggregateFactory;
import io.stackhouse.processor.downsample.DownsampleConfig;
import io.stackhouse.processor.downsample.DownsampleConfig.BudgetScope;
import io.stackhouse.processor.downsample.DownsampleFactory;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What {@code aggregate} and {@code downsample} take per row, in time and memory, beside one walk over the rows.
 *
 * <p>{@code merge} adds a request to a window that has seen it before; {@code window} makes a window of one request and hands it on.
 * {@code fixed} and {@code budget} decide about each row, all of which are kept, so that the batch can be used again.
 * scripts/benchmark.sh starts it; with {@code cpu} it prints the thread's CPU times without JMH.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {"-Xms1g", "-Xmx1g"})
public class SamplingBenchmark {
    private static final List<String> PAYLOADS = List.of("own-encoder", "synthetic-values", "synthetic-timestamps");
    private static final Consumer NOWHERE = batch -> {};

    @Param({})
    public String payload = "";

    private ProfileBatch batch = decoded(new byte[0]);
    private Processor merging = aggregate();
    private Processor windows = aggregate();
    private Processor fixed = downsample(1, 0);
    private Processor budget = downsample(0, 1e9);

    public static void main(String[] args) throws Exception {
        if (args.length == 1 && args[0].equals("cpu")) {
            printCpuTimes();
            return;
        }
        CommandLineOptions given = new CommandLineOptions(args);
        OptionsBuilder options = new OptionsBuilder();
        options.parent(given).shouldFailOnError(true).addProfiler(GCProfiler.class);
        if (given.getIncludes().isEmpty()) {
            options.include(SamplingBenchmark.class.getName());
        }
        if (!given.getParameter("payload").hasValue()) {
            options.param("payload", PAYLOADS.toArray(String[]::new));
        }
        System.out.printf("%n%-22s %-10s %10s %22s %12s%n", "payload", "", "rows", "ns per row", "bytes per row");
        for (RunResult result : new Runner(options.build()).run()) {
            print(result);
        }
    }

    /** Of the thread alone, the least of many passes: other load on the machine changes it little. */
    private static void printCpuTimes() throws IOException {
        System.out.printf("%-22s %10s  ns of CPU per row%n", "payload", "rows");
        for (String name : PAYLOADS) {
            SamplingBenchmark benchmark = new SamplingBenchmark();
            benchmark.payload = name;
            benchmark.setUp();
            Map<String, Runnable> parts = new LinkedHashMap<>();
            parts.put("walk", benchmark::walk);
            parts.put("merge", benchmark::merge);
            parts.put("window", benchmark::window);
            parts.put("fixed", benchmark::fixed);
            parts.put("budget", benchmark::budget);
            StringBuilder line = new StringBuilder();
            int rows = benchmark.batch.rowCount();
            int passes = Math.max(40, 2_000_000 / rows);
            for (Map.Entry<String, Runnable> part : parts.entrySet()) {
                line.append(String.format(
                        Locale.ROOT,
                        "  %s %.1f",
                        part.getKey(),
                        (double) leastCpuNanos(part.getValue(), passes) / rows));
            }
            System.out.printf("%-22s %10d%s%n", name, rows, line);
        }
    }

    private static long leastCpuNanos(Runnable part, int passes) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < passes; i++) {
            long start = threads.getCurrentThreadCpuTime();
            part.run();
            least = Math.min(least, threads.getCurrentThreadCpuTime() - start);
        }
        return least;
    }

    private static void print(RunResult result) throws IOException {
        String payload = result.getParams().getParam("payload");
        String benchmark = result.getParams().getBenchmark();
        int rows = decoded(BenchmarkPayloads.named(payload)).rowCount();
        Result<?> time = result.getPrimaryResult();
        System.out.printf(
                Locale.ROOT,
                "%-22s %-10s %10d %22s %12.2f%n",
                payload,
                benchmark.substring(benchmark.lastIndexOf('.') + 1),
                rows,
                String.format(Locale.ROOT, "%.2f ± %.2f", time.getScore() / rows, time.getScoreError() / rows),
                result.getSecondaryResults().get("gc.alloc.rate.norm").getScore() / rows);
    }

    private static ProfileBatch decoded(byte[] body) {
        return ProfilesDecoder.forVersion(1)
                .decode(body, 1_790_000_000_000_000_000L, MemoryLease.counting())
                .batch();
    }

    private static Processor aggregate() {
        AggregateConfig defaults = new AggregateFactory().defaultConfig();
        AggregateConfig config = new AggregateConfig(
                Duration.ofHours(1),
                Duration.ofHours(1),
                List.of("thread.id"),
                false,
                defaults.maxRows(),
                defaults.maxBytes());
        return new AggregateFactory().create(config, NOWHERE, Telemetry.none());
    }

    private static Processor downsample(long threshold, double samplesPerSecond) {
        DownsampleFactory factory = new DownsampleFactory();
        DownsampleConfig defaults = factory.defaultConfig();
        DownsampleConfig config = new DownsampleConfig(
                threshold,
                Map.of(),
                samplesPerSecond,
                BudgetScope.SERVICE,
                defaults.window(),
                1,
                defaults.firstSeen(),
                defaults.traces());
        return factory.create(config, NOWHERE, Telemetry.none());
    }

    @Setup
    public void setUp() throws IOException {
        batch = decoded(BenchmarkPayloads.named(payload));
        merging = aggregate();
        windows = aggregate();
        fixed = downsample(1, 0);
        budget = downsample(0, 1e9);
    }

    @Benchmark
    public long walk() {
        long sum = 0;
        for (int row = 0; row < batch.rowCount(); row++) {
            sum += batch.rowValue(row) + batch.rowTimestampUnixNanos(row) + batch.sampleStack(batch.rowSample(row));
        }
        return sum;
    }

    @Benchmark
    public void merge() {
        merging.accept(batch);
    }

    @Benchmark
    public void window() {
        windows.accept(batch);
        // Hands on what is held; there is nothing that a processor couldn't go on without.
        windows.close();
    }

    @Benchmark
    public void fixed() {
        batch.setTotals(List.of());
        fixed.accept(batch);
    }

    @Benchmark
    public void budget() {
        batch.setTotals(List.of());
        budget.accept(batch);
    }
}
