package io.stackhouse.pipeline.ring;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Batch;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Measures how long each stage of a lane takes for a batch, without what the stages behind it take. One for each thread of a lane;
 * nothing is allocated.
 */
final class StageClock {
    private static final AttributeKey<String> STAGE = AttributeKey.stringKey("stage");
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final List<Double> SECONDS =
            List.of(0.000_001, 0.000_01, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.05, 0.1, 1.0, 10.0);

    private final Attributes pipeline;
    private final DoubleHistogram durations;
    /** What the stages behind the one that is at work have taken so far. */
    private long behindNanos;

    /** @param telemetry named like the pipeline */
    StageClock(Telemetry telemetry) {
        this.pipeline = telemetry.labelled("pipeline");
        this.durations = telemetry
                .meter()
                .histogramBuilder("stackhouse_pipeline_stage_duration")
                .setDescription("Time a stage takes for a batch, without the stages behind it")
                .setUnit("s")
                .setExplicitBucketBoundariesAdvice(SECONDS)
                .build();
    }

    /** The stage, measured. */
    Consumer timed(String name, Consumer stage) {
        Attributes label = pipeline.toBuilder().put(STAGE, name).build();
        return batch -> durations.record(run(stage, batch) / NANOS_PER_SECOND, label);
    }

    /** What is no stage, such as a wait for room in a ring: its time is nobody's. */
    Consumer untimed(Consumer consumer) {
        return batch -> run(consumer, batch);
    }

    private long run(Consumer stage, Batch batch) {
        long before = behindNanos;
        behindNanos = 0;
        long start = System.nanoTime();
        try {
            stage.accept(batch);
            return System.nanoTime() - start - behindNanos;
        } finally {
            behindNanos = before + System.nanoTime() - start;
        }
    }
}
