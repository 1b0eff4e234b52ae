package io.stackhouse.exporter.clickhouse;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongHistogram;
import io.opentelemetry.api.metrics.LongUpDownCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableLongGauge;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Telemetry;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The exporter's instruments; names are the OpenTelemetry Collector's where it has them, units and descriptions the same in all
 * exporters, since the SDK warns of others. Any thread.
 */
final class ExporterMetrics implements AutoCloseable {
    private static final List<Long> ROW_BOUNDS =
            List.of(1L, 10L, 100L, 1_000L, 5_000L, 10_000L, 50_000L, 100_000L, 500_000L, 1_000_000L);
    private static final List<Long> BYTE_BOUNDS =
            List.of(1L << 10, 1L << 14, 1L << 17, 1L << 20, 1L << 22, 1L << 24, 1L << 26, 1L << 28, 1L << 30);

    private final Attributes label;
    private final Meter meter;
    private final LongCounter sentSamples;
    private final LongCounter sentSpans;
    private final LongCounter failedSamples;
    private final LongCounter failedSpans;
    private final LongCounter sentStacks;
    private final LongCounter retries;
    private final LongCounter movedTimestamps;
    private final LongCounter asideBlocks;
    private final LongUpDownCounter inFlight;
    private final LongHistogram sendRows;
    private final LongHistogram sendBytes;
    private final ObservableLongGauge queueSize;

    /** @param queuedRows how many rows wait to be put into blocks */
    ExporterMetrics(Telemetry telemetry, LongSupplier queuedRows) {
        label = telemetry.labelled("exporter");
        meter = telemetry.meter();
        sentSamples = counter(
                "otelcol_exporter_sent_profile_samples", "{samples}", "Rows of profiles that the destination took");
        sentSpans = counter("otelcol_exporter_sent_spans", "{spans}", "Spans that the destination took");
        failedSamples =
                counter("otelcol_exporter_send_failed_profile_samples", "{samples}", "Rows of profiles given up");
        failedSpans = counter("otelcol_exporter_send_failed_spans", "{spans}", "Spans given up");
        sentStacks = counter("stackhouse_exporter_sent_stacks", "{stacks}", "Stacks stored");
        retries = counter("stackhouse_exporter_retries", "{attempts}", "Requests sent again");
        movedTimestamps = counter(
                "stackhouse_exporter_moved_timestamps",
                "{rows}",
                "Rows stored under the time of receipt, their own being off");
        asideBlocks = counter(
                "stackhouse_exporter_put_aside_blocks",
                "{blocks}",
                "Blocks that ClickHouse will never take, in dead_letter");
        inFlight = meter.upDownCounterBuilder("otelcol_exporter_in_flight_requests")
                .setUnit("{requests}")
                .setDescription("Requests that are being sent, or wait to be sent again")
                .build();
        sendRows = meter.histogramBuilder("otelcol_exporter_queue_batch_send_size")
                .ofLongs()
                .setUnit("{units}")
                .setDescription("Items per request")
                .setExplicitBucketBoundariesAdvice(ROW_BOUNDS)
                .build();
        sendBytes = meter.histogramBuilder("otelcol_exporter_queue_batch_send_size_bytes")
                .ofLongs()
                .setUnit("By")
                .setDescription("Bytes per request before compression")
                .setExplicitBucketBoundariesAdvice(BYTE_BOUNDS)
                .build();
        queueSize = meter.gaugeBuilder("otelcol_exporter_queue_size")
                .ofLongs()
                .setUnit("{units}")
                .setDescription("What waits to be sent, in the queue's own unit")
                .buildWithCallback(measurement -> measurement.record(queuedRows.getAsLong(), label));
    }

    private LongCounter counter(String name, String unit, String description) {
        return meter.counterBuilder(name)
                .setUnit(unit)
                .setDescription(description)
                .build();
    }

    private void inserted(Block block) {
        sendRows.record(block.rows(), label);
        sendBytes.record(block.rawBytes(), label);
        if (block.table().equals(StackTable.NAME)) {
            sentStacks.add(block.rows(), label);
        }
    }

    /** Counts a block that ClickHouse has. */
    void delivered(Block block) {
        inserted(block);
        Signal signal = block.signal();
        if (signal != null) {
            sent(signal, block.rows());
        }
    }

    /** Counts a block that ClickHouse will not take. */
    void lost(Block block) {
        asideBlocks.add(1, label);
        Signal signal = block.signal();
        if (signal != null) {
            failed(signal, block.rows());
        }
    }

    void sent(Signal signal, long items) {
        (signal == Signal.TRACES ? sentSpans : sentSamples).add(items, label);
    }

    void failed(Signal signal, long items) {
        (signal == Signal.TRACES ? failedSpans : failedSamples).add(items, label);
    }

    void begun() {
        inFlight.add(1, label);
    }

    void ended() {
        inFlight.add(-1, label);
    }

    void retried() {
        retries.add(1, label);
    }

    void timestampsMoved(long rows) {
        if (rows > 0) {
            movedTimestamps.add(rows, label);
        }
    }

    /** Ends the observation of the queue. */
    @Override
    public void close() {
        queueSize.close();
    }
}
