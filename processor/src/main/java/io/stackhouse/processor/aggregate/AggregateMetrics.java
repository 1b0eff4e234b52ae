package io.stackhouse.processor.aggregate;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.processor.items.ItemCounts;

/** What an {@code aggregate} processor counts. The lane's thread. */
final class AggregateMetrics {
    private final Telemetry telemetry;
    private final Attributes label;
    private final ItemCounts items;
    private final LongCounter early;
    private final LongCounter late;
    private final LongCounter failed;
    private final LongCounter overflows;

    AggregateMetrics(Telemetry telemetry) {
        this.telemetry = telemetry;
        this.label = telemetry.labelled("processor");
        this.items = new ItemCounts(telemetry);
        this.early = counter(
                "stackhouse_aggregate_early_windows",
                "{window}",
                "Windows handed on before their time, since they were full");
        this.late = counter(
                "stackhouse_aggregate_late_windows", "{window}", "Windows opened for what came after their grace");
        this.failed =
                counter("stackhouse_aggregate_failed_windows", "{window}", "Windows lost since a later stage failed");
        this.overflows = counter(
                "stackhouse_aggregate_overflows", "{row}", "Rows begun anew since a sum would not fit into 64 bits");
    }

    private LongCounter counter(String name, String unit, String description) {
        return telemetry
                .meter()
                .counterBuilder(name)
                .setUnit(unit)
                .setDescription(description)
                .build();
    }

    void incoming(int rows) {
        items.incoming(rows);
    }

    void outgoing(int rows) {
        items.outgoing(rows);
    }

    void earlyWindow() {
        early.add(1, label);
    }

    void lateWindow() {
        late.add(1, label);
    }

    void failedWindow() {
        failed.add(1, label);
    }

    void overflows(long rows) {
        if (rows > 0) {
            overflows.add(rows, label);
        }
    }
}
