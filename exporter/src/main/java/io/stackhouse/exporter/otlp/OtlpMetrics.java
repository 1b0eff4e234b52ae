package io.stackhouse.exporter.otlp;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongHistogram;
import io.opentelemetry.api.metrics.LongUpDownCounter;
import io.opentelemetry.api.metrics.Meter;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.SpanBatch;
import java.util.List;

/** The exporter's instruments; names are the OpenTelemetry Collector's where it has them. Any thread. */
final class OtlpMetrics implements AutoCloseable {
    private static final List<Long> ITEM_BOUNDS =
            List.of(1L, 10L, 100L, 1_000L, 5_000L, 10_000L, 50_000L, 100_000L, 500_000L, 1_000_000L);
    private static final List<Long> BYTE_BOUNDS =
            List.of(1L << 10, 1L << 14, 1L << 17, 1L << 20, 1L << 22, 1L << 24, 1L << 26, 1L << 28);

    private final Meter meter;
    private final Attributes label;
    private final PerSignal sent;
    private final PerSignal failed;
    private final PerSignal enqueueFailed;
    private final LongCounter rejectedProfiles;
    private final LongCounter retries;
    private final LongUpDownCounter inFlight;
    private final LongHistogram sendItems;
    private final LongHistogram sendBytes;
    private final List<AutoCloseable> gauges;

    /** One counter for each signal. */
    private final class PerSignal {
        private final LongCounter samples;
        private final LongCounter spans;

        PerSignal(String name, String what) {
            String prefix = "otelcol_exporter_" + name + "_";
            samples = counter(prefix + "profile_samples", "{samples}", "Rows of profiles " + what);
            spans = counter(prefix + "spans", "{spans}", "Spans " + what);
        }

        void add(Batch batch, long items) {
            (batch instanceof SpanBatch ? spans : samples).add(items, label);
        }
    }

    OtlpMetrics(Telemetry telemetry, RequestQueue queue) {
        meter = telemetry.meter();
        label = telemetry.labelled("exporter");
        sent = new PerSignal("sent", "that the destination took");
        failed = new PerSignal("send_failed", "given up");
        enqueueFailed = new PerSignal("enqueue_failed", "that the exporter did not take");
        rejectedProfiles = counter(
                "stackhouse_exporter_rejected_profiles",
                "{profiles}",
                "Profiles that the next hop rejected of requests that it took");
        retries = counter("stackhouse_exporter_retries", "{attempts}", "Requests sent again");
        inFlight = meter.upDownCounterBuilder("otelcol_exporter_in_flight_requests")
                .setUnit("{requests}")
                .setDescription("Requests that are being sent, or wait to be sent again")
                .build();
        sendItems = histogram("otelcol_exporter_queue_batch_send_size", "{units}", "Items per request", ITEM_BOUNDS);
        sendBytes = histogram(
                "otelcol_exporter_queue_batch_send_size_bytes",
                "By",
                "Bytes per request before compression",
                BYTE_BOUNDS);
        gauges = List.of(
                meter.gaugeBuilder("otelcol_exporter_queue_size")
                        .ofLongs()
                        .setUnit("{units}")
                        .setDescription("What waits to be sent, in the queue's own unit")
                        .buildWithCallback(out -> out.record(queue.size(), label)),
                meter.gaugeBuilder("otelcol_exporter_queue_capacity")
                        .ofLongs()
                        .setUnit("{units}")
                        .setDescription("What may wait to be sent, in the queue's own unit")
                        .buildWithCallback(out -> out.record(queue.capacity(), label)));
    }

    private LongCounter counter(String name, String unit, String description) {
        return meter.counterBuilder(name)
                .setUnit(unit)
                .setDescription(description)
                .build();
    }

    private LongHistogram histogram(String name, String unit, String description, List<Long> bounds) {
        return meter.histogramBuilder(name)
                .ofLongs()
                .setUnit(unit)
                .setDescription(description)
                .setExplicitBucketBoundariesAdvice(bounds)
                .build();
    }

    void begun() {
        inFlight.add(1, label);
    }

    void ended() {
        inFlight.add(-1, label);
    }

    void encoded(Batch batch, int bytes) {
        sendItems.record(batch.size(), label);
        sendBytes.record(bytes, label);
    }

    /** The next hop has it, without so many of its items. */
    void sent(Batch batch, long rejectedItems) {
        sent.add(batch, batch.size() - rejectedItems);
        if (rejectedItems > 0) {
            failed.add(batch, rejectedItems);
        }
    }

    void profilesRejected(long profiles) {
        rejectedProfiles.add(profiles, label);
    }

    void failed(Batch batch) {
        failed.add(batch, batch.size());
    }

    void overflowed(Batch batch) {
        enqueueFailed.add(batch, batch.size());
    }

    void retried() {
        retries.add(1, label);
    }

    /** Ends the observation of the queue. */
    @Override
    public void close() {
        for (AutoCloseable gauge : gauges) {
            try {
                gauge.close();
            } catch (Exception e) {
                throw new IllegalStateException("a gauge can't be taken away", e);
            }
        }
    }
}
