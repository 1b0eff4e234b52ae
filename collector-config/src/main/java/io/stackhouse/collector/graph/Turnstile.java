package io.stackhouse.collector.graph;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.SpanBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one batch at a time into an exporter that several pipelines share, as {@link Consumer} promises it. Any thread; an
 * exporter only queues, so that nobody waits for long. A batch that the exporter fails to take is lost for it alone, and counted.
 */
final class Turnstile implements Consumer {
    private static final Logger LOG = LoggerFactory.getLogger(Turnstile.class);

    private final Consumer target;
    private final Telemetry telemetry;
    private final Attributes label;
    private final LongCounter failedSamples;
    private final LongCounter failedSpans;

    /**
     * Makes one.
     *
     * @param telemetry named like the exporter
     */
    Turnstile(Consumer target, Telemetry telemetry) {
        this.target = target;
        this.telemetry = telemetry;
        this.label = telemetry.labelled("exporter");
        this.failedSamples = counter("profile_samples", "{samples}", "Rows of profiles that the exporter did not take");
        this.failedSpans = counter("spans", "{spans}", "Spans that the exporter did not take");
    }

    /** The same instruments as those of exporters with a bounded queue, so described alike. */
    private LongCounter counter(String what, String unit, String description) {
        return telemetry
                .meter()
                .counterBuilder("otelcol_exporter_enqueue_failed_" + what)
                .setUnit(unit)
                .setDescription(description)
                .build();
    }

    @Override
    public synchronized void accept(Batch batch) {
        try {
            target.accept(batch);
        } catch (RuntimeException e) {
            (batch instanceof SpanBatch ? failedSpans : failedSamples).add(batch.size(), label);
            LOG.error(
                    "Exporter {} failed to take a batch of {}; it is lost for this destination",
                    telemetry.component(),
                    batch.size(),
                    e);
            batch.receipt().dropped("exporter " + telemetry.component() + " failed: " + e);
        }
    }
}
