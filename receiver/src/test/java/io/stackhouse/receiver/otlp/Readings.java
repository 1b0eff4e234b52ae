package io.stackhouse.receiver.otlp;

import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.testing.MetricReadings;

/** A receiver's metrics. Any thread. */
final class Readings {
    private final MetricReadings metrics = new MetricReadings();

    Telemetry telemetry() {
        return new Telemetry(ComponentId.parse("otlp"), metrics.meters().get("test"), Clock.system());
    }

    /** How often something was stopped at a limit. */
    long limited(HttpLimit limit) {
        return sum("otelcol_receiver_limited", "limit", limit.label());
    }

    long openConnections() {
        return sum("otelcol_receiver_connections", "transport", "http");
    }

    long bytesInFlight() {
        return metrics.sum("otelcol_receiver_bytes_in_flight");
    }

    /** A counter over all labels. */
    long total(String name) {
        return sum(name, "receiver", "otlp");
    }

    /** The sum of a counter's or a gauge's values with the label. */
    long sum(String name, String label, String value) {
        return metrics.sum(name, label, value);
    }
}
