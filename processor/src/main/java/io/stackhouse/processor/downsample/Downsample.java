package io.stackhouse.processor.downsample;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.ProfileBatch;

/**
 * Drops rows of profiles so that expected totals stay what they were; see {@link ThresholdSampling}. Values are not changed:
 * a kept row carries its threshold, and its weight is the greater of both.
 *
 * <p>Threads and ownership as {@link Consumer} has them. A batch that loses all its rows is handed on all the same.
 */
final class Downsample implements Processor {
    private final Thresholds thresholds;
    private final long seed;
    private final Consumer next;
    private final LongCounter incoming;
    private final LongCounter outgoing;
    private final Attributes label;

    Downsample(DownsampleConfig config, Consumer next, Telemetry telemetry) {
        this.thresholds = new Thresholds(config);
        this.seed = config.seed();
        this.next = next;
        this.incoming = counter(telemetry, "otelcol_processor_incoming_items", "Rows that came to the processor");
        this.outgoing = counter(telemetry, "otelcol_processor_outgoing_items", "Rows that the processor handed on");
        this.label = telemetry.labelled("processor");
    }

    private static LongCounter counter(Telemetry telemetry, String name, String description) {
        return telemetry
                .meter()
                .counterBuilder(name)
                .setUnit("{items}")
                .setDescription(description)
                .build();
    }

    @Override
    public void start() {
        // Ready when made.
    }

    @Override
    public void accept(Batch batch) {
        if (batch instanceof ProfileBatch profiles) {
            incoming.add(profiles.rowCount(), label);
            RowDecisions decisions = new RowDecisions(profiles, thresholds, seed);
            if (decisions.isNeeded()) {
                profiles.sampleRows(decisions);
            }
            outgoing.add(profiles.rowCount(), label);
        }
        next.accept(batch);
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
