package io.stackhouse.collector.graph;

import io.opentelemetry.api.metrics.MeterProvider;
import io.stackhouse.collector.config.CollectorConfig;
import io.stackhouse.pipeline.Clock;

/** Makes a {@link Graph} of a configuration. */
public final class GraphBuilder {
    private final CollectorConfig config;
    private final Workshop workshop;

    public GraphBuilder(CollectorConfig config, MeterProvider meters, Clock clock, Journals journals) {
        this.config = config;
        this.workshop = new Workshop(meters.get("stackhouse"), clock, journals);
    }

    /** Builds and starts nothing; components that no pipeline uses are left out. */
    public Graph build() {
        return new Graph(config, workshop, new PartsBuilder(config, workshop, new Parts()).build());
    }
}
