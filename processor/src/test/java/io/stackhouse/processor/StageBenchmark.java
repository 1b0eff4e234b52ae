package io.stackhouse.processor;

import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Columns.Ints;
import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.otlp.ProfilesDecoder;
import io.stackhouse.pipeline.testing.SyntheticProfiles;
import io.stackhouse.processor.aggregate.AggregateConfig;
import io.stackhouse.processor.aggregate.AggregateFactory;
import io.stackhouse.processor.attributes.BenchmarkActions;
import io.stackhouse.processor.batch.BatchConfig;
import io.stackhouse.processor.batch.BatchFactory;
import io.stackhouse.processor.downsample.DownsampleConfig;
import io.stackhouse.processor.downsample.DownsampleFactory;
import io.stackhouse.processor.filter.FilterConfig;
import io.stackhouse.processor.filter.FilterFactory;
import io.stackhouse.processor.k8sattributes.BenchmarkPods;
import io.stackhouse.processor.servicename.ServiceNameFactory;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What each processor takes per sample of a batch of {@value #ROWS} samples of eight resources: {@code attributes} and {@code resource} set
 * one attribute, {@code filter} looks at an attribute of each sample and drops none, {@code aggregate} adds to a window that has seen them,
 * {@code downsample} decides by a threshold that keeps all, {@code batch} passes on, {@code batch_cut} cuts into four, {@code service_name} and {@code
 * k8s_attributes} work on the resources alone. scripts/benchmark.sh starts it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms1g", "-Xmx1g"})
public class StageBenchmark {
    private static final int ROWS = 20_000;
    private static final Consumer NOWHERE = batch -> {};

    @Param({
        "attributes",
        "resource",
        "filter",
        "aggregate",
        "downsample",
        "batch",
        "batch_cut",
        "service_name",
        "k8s_attributes"
    })
    public String stage = "";

    private Processor processor = processor("batch");
    private ProfileBatch batch = decoded();
    private Dictionary dictionary = batch.dictionary();
    private Ints starts = new Ints();
    private Ints attributes = new Ints();

    public static void main(String[] args) throws Exception {
        CommandLineOptions given = new CommandLineOptions(args);
        OptionsBuilder options = new OptionsBuilder();
        options.parent(given)
                .include(StageBenchmark.class.getName())
                .shouldFailOnError(true)
                .addProfiler(GCProfiler.class);
        var results = new Runner(options.build()).run();
        System.out.printf("%n%-16s %22s %18s%n", "processor", "ns per sample", "bytes per sample");
        for (var result : results) {
            System.out.printf(
                    Locale.ROOT,
                    "%-16s %22s %18.3f%n",
                    result.getParams().getParam("stage"),
                    String.format(
                            Locale.ROOT,
                            "%.3f ± %.3f",
                            result.getPrimaryResult().getScore(),
                            result.getPrimaryResult().getScoreError()),
                    result.getSecondaryResults().get("gc.alloc.rate.norm").getScore());
        }
    }

    private static ProfileBatch decoded() {
        byte[] body = SyntheticProfiles.request(ROWS, SyntheticProfiles.Shape.ONE_VALUE);
        ProfileBatch batch = ProfilesDecoder.forVersion(1)
                .decode(body, 1_790_000_000_000_000_000L, MemoryLease.counting())
                .batch();
        for (int i = 0; i < batch.resourceCount(); i++) {
            batch.resource(i).attributes().put("container.id", "id-" + i);
        }
        return batch;
    }

    private static Processor processor(String stage) {
        return switch (stage) {
            case "attributes" -> BenchmarkActions.attributes(NOWHERE);
            case "resource" -> BenchmarkActions.resource(NOWHERE);
            case "filter" ->
                new FilterFactory()
                        .create(
                                new FilterConfig(
                                        FilterConfig.ErrorMode.PROPAGATE,
                                        List.of(),
                                        List.of("sample.attributes[\"thread.name\"] == \"nobody\""),
                                        null,
                                        null),
                                NOWHERE,
                                Telemetry.none());
            case "aggregate" -> aggregate();
            case "downsample" -> downsample();
            case "batch" -> batch(0);
            case "batch_cut" -> batch(ROWS / 4);
            case "service_name" -> {
                ServiceNameFactory factory = new ServiceNameFactory();
                yield factory.create(factory.defaultConfig(), NOWHERE, Telemetry.none());
            }
            default -> BenchmarkPods.processor(NOWHERE);
        };
    }

    private static Processor aggregate() {
        AggregateConfig defaults = new AggregateFactory().defaultConfig();
        AggregateConfig config = new AggregateConfig(
                Duration.ofHours(1), Duration.ofHours(1), List.of(), false, defaults.maxRows(), defaults.maxBytes());
        return new AggregateFactory().create(config, NOWHERE, Telemetry.none());
    }

    private static Processor downsample() {
        DownsampleFactory factory = new DownsampleFactory();
        DownsampleConfig defaults = factory.defaultConfig();
        DownsampleConfig config = new DownsampleConfig(
                1, Map.of(), 0, defaults.per(), defaults.window(), 1, defaults.firstSeen(), defaults.traces());
        return factory.create(config, NOWHERE, Telemetry.none());
    }

    private static Processor batch(int maxSize) {
        BatchFactory factory = new BatchFactory();
        BatchConfig defaults = factory.defaultConfig();
        BatchConfig config = new BatchConfig(
                maxSize,
                defaults.timeout(),
                maxSize,
                defaults.sendBatchBytes(),
                defaults.sendBatchMaxBytes(),
                List.of(),
                0);
        return factory.create(config, NOWHERE, Telemetry.none());
    }

    @Setup
    public void setUp() {
        processor = processor(stage);
        batch = decoded();
        dictionary = batch.dictionary();
        starts = new Ints();
        attributes = new Ints();
        for (int i = 0; i < batch.sampleCount(); i++) {
            starts.add(attributes.size());
            for (int k = batch.sampleAttributeStart(i); k < batch.sampleAttributeEnd(i); k++) {
                attributes.add(batch.sampleAttribute(k));
            }
        }
        starts.add(attributes.size());
    }

    /** The batch is as it was before: its samples have the attributes that they came with. */
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public void run() {
        batch.setSampleAttributes(dictionary, starts, attributes);
        batch.setTotals(List.of());
        processor.accept(batch);
    }
}
