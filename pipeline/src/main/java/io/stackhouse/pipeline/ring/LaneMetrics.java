package io.stackhouse.pipeline.ring;

import com.lmax.disruptor.RingBuffer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.ObservableLongGauge;
import io.stackhouse.pipeline.Telemetry;
import java.util.ArrayList;
import java.util.List;

/** What a pipeline tells of one ring and the thread behind it. Any thread; gauges from {@link #observe} to {@link #close}. */
final class LaneMetrics implements AutoCloseable {
    private static final AttributeKey<Long> LANE = AttributeKey.longKey("lane");
    private static final AttributeKey<String> STAGE = AttributeKey.stringKey("stage");

    private final Telemetry telemetry;
    private final Attributes pipeline;
    private final Attributes ring;
    private final LongCounter failures;
    private final LongCounter failedItems;
    private final List<ObservableLongGauge> gauges = new ArrayList<>();

    /**
     * Makes them.
     *
     * @param lane from 0
     * @param stage what the ring leads to when it lies between stages; empty for the lane's first ring
     * @param telemetry named like the pipeline
     */
    LaneMetrics(int lane, String stage, Telemetry telemetry) {
        this.telemetry = telemetry;
        this.pipeline = telemetry.labelled("pipeline");
        AttributesBuilder labels = pipeline.toBuilder().put(LANE, (long) lane);
        this.ring = (stage.isEmpty() ? labels : labels.put(STAGE, stage)).build();
        this.failures = counter("batches", "{batch}", "Batches given up because a stage threw");
        this.failedItems = counter("items", "{items}", "Rows of profiles and spans given up because a stage threw");
    }

    private LongCounter counter(String what, String unit, String description) {
        return telemetry
                .meter()
                .counterBuilder("stackhouse_pipeline_failed_" + what)
                .setDescription(description)
                .setUnit(unit)
                .build();
    }

    void failed(int items) {
        failures.add(1, pipeline);
        failedItems.add(items, pipeline);
    }

    void failed() {
        failures.add(1, pipeline);
    }

    void observe(RingBuffer<?> slots) {
        int size = slots.getBufferSize();
        gauges.add(gauge(
                "ring_occupied_slots",
                "Places of a ring whose batch has not gone through its stages",
                () -> size - slots.remainingCapacity()));
        gauges.add(gauge("ring_slots", "Places of a ring", () -> size));
    }

    private interface Reading {
        long value();
    }

    private ObservableLongGauge gauge(String name, String description, Reading reading) {
        return telemetry
                .meter()
                .gaugeBuilder("stackhouse_pipeline_" + name)
                .ofLongs()
                .setDescription(description)
                .setUnit("{batch}")
                .buildWithCallback(out -> out.record(reading.value(), ring));
    }

    @Override
    public void close() {
        gauges.forEach(ObservableLongGauge::close);
        gauges.clear();
    }
}
