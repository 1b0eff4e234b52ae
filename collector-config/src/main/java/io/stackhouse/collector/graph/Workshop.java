package io.stackhouse.collector.graph;

import io.opentelemetry.api.metrics.Meter;
import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.Telemetry;

/** What components are made with, over reloads. Immutable. */
record Workshop(Meter meter, Clock clock, Journals journals) {
    Telemetry telemetry(ComponentId id) {
        return new Telemetry(id, meter, clock);
    }
}
