package io.stackhouse.pipeline.ring;

import com.lmax.disruptor.dsl.ProducerType;
import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.Receipt;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.otlp.ProfilesDecoder;
import io.stackhouse.pipeline.ring.RingSettings.StageThreads;
import io.stackhouse.pipeline.testing.SyntheticProfiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What it takes to hand batches of {@value #ROWS} samples from the feeder through the lanes' rings to their end, where nothing is done with
 * them: {@code one} whole batches of one resource, {@code eight} batches of eight resources, which several lanes get in parts. Per sample.
 * scripts/benchmark.sh starts it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms1g", "-Xmx1g"})
public class LaneBenchmark {
    private static final int ROWS = 10_000;
    private static final int BATCHES = 500;
    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    @Param({"1", "2", "4"})
    public int lanes;

    @Param({"FUSED", "SPLIT"})
    public StageThreads stageThreads = StageThreads.FUSED;

    private final List<Lane> running = new ArrayList<>();
    private final List<HandOff> handOffs = new ArrayList<>();
    private final LongAdder rows = new LongAdder();
    private LaneSplit split = new LaneSplit(1);
    private ProfileBatch ofEight = decoded();
    private List<ProfileBatch> ofOne = List.of();

    public static void main(String[] args) throws Exception {
        CommandLineOptions given = new CommandLineOptions(args);
        OptionsBuilder options = new OptionsBuilder();
        options.parent(given)
                .include(LaneBenchmark.class.getName())
                .shouldFailOnError(true)
                .addProfiler(GCProfiler.class);
        var results = new Runner(options.build()).run();
        System.out.printf(
                "%n%-8s %-8s %-8s %22s %18s%n", "batches", "lanes", "threads", "ns per sample", "bytes per sample");
        for (RunResult result : results) {
            String name = result.getParams().getBenchmark();
            System.out.printf(
                    Locale.ROOT,
                    "%-8s %-8s %-8s %22s %18.3f%n",
                    name.substring(name.lastIndexOf('.') + 1),
                    result.getParams().getParam("lanes"),
                    result.getParams().getParam("stageThreads"),
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
        return ProfilesDecoder.forVersion(1)
                .decode(body, 0, MemoryLease.counting())
                .batch();
    }

    @Setup
    public void setUp() {
        RingSettings settings = new RingSettings(256, lanes, stageThreads, WaitStrategyName.BLOCKING);
        Consumer end = batch -> rows.add(batch.size());
        for (int i = 0; i < lanes; i++) {
            StagesBuilder builder = new StagesBuilder(i, settings, end, Telemetry.none());
            for (int stage = 3; stage > 0; stage--) {
                builder.add("stage" + stage, new Passing(builder.next()));
                builder.takeHandOffs().forEach(made -> handOffs.add((HandOff) made));
            }
            running.add(new Lane(
                    "benchmark-" + i,
                    settings,
                    ProducerType.SINGLE,
                    builder.build(origin -> false),
                    new LaneMetrics(i, "", Telemetry.none())));
        }
        handOffs.forEach(HandOff::start);
        running.forEach(Lane::start);
        split = new LaneSplit(lanes);
        ofEight = decoded();
        ofOne = wholes(ofEight);
    }

    /** A batch of one resource for each of the eight, each with all rows of its own. */
    private static List<ProfileBatch> wholes(ProfileBatch batch) {
        List<ProfileBatch> wholes = new ArrayList<>();
        for (Batch part : new LaneSplit(64).byLane(batch)) {
            if (part instanceof ProfileBatch whole) {
                whole.setReceipt(Receipt.none());
                wholes.add(whole);
            }
        }
        return wholes;
    }

    private record Passing(Consumer next) implements io.stackhouse.pipeline.Processor {
        @Override
        public void start() {}

        @Override
        public void accept(Batch batch) {
            next.accept(batch);
        }

        @Override
        public void close() {}
    }

    /** Sends {@value #BATCHES} batches, and waits until all rows are there. */
    private void send(List<ProfileBatch> batches) throws InterruptedException {
        long expected = rows.sum();
        for (int i = 0; i < BATCHES; i++) {
            ProfileBatch batch = batches.get(i % batches.size());
            expected += batch.rowCount();
            publish(batch);
        }
        while (rows.sum() < expected) {
            Thread.onSpinWait();
        }
    }

    private void publish(Batch batch) throws InterruptedException {
        if (lanes == 1) {
            running.get(0).publish(batch);
            return;
        }
        @Nullable Batch[] parts = split.byLane(batch);
        for (int lane = 0; lane < lanes; lane++) {
            Batch part = parts[lane];
            if (part != null) {
                running.get(lane).publish(part);
            }
        }
    }

    /** Batches of one resource have about an eighth of the rows. */
    @Benchmark
    @OperationsPerInvocation(BATCHES * (ROWS / 8))
    public void one() throws InterruptedException {
        send(ofOne);
    }

    @Benchmark
    @OperationsPerInvocation(BATCHES * ROWS)
    public void eight() throws InterruptedException {
        send(List.of(ofEight));
    }

    @TearDown
    public void tearDown() {
        long deadline = System.nanoTime() + CLOSE_NANOS;
        running.forEach(lane -> lane.close(deadline));
        handOffs.forEach(HandOff::close);
    }
}
