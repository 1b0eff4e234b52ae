package io.stackhouse.processor.items;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.stackhouse.pipeline.Telemetry;

/** Counts the rows and spans that come to a processor and that it hands on. Any thread. */
public final class ItemCounts {
    private final LongCounter incoming;
    private final LongCounter outgoing;
    private final Attributes label;

    public ItemCounts(Telemetry telemetry) {
        this.incoming = counter(telemetry, "otelcol_processor_incoming_items", "Items that came to the processor");
        this.outgoing = counter(telemetry, "otelcol_processor_outgoing_items", "Items that the processor handed on");
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

    public void incoming(int items) {
        incoming.add(items, label);
    }

    public void outgoing(int items) {
        outgoing.add(items, label);
    }
}
