package io.stackhouse.pipeline;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.MeterProvider;

/**
 * What a component reports about itself with.
 *
 * @param component whose telemetry it is
 * @param meter where instruments are made; their names are the OpenTelemetry Collector's, such as
 *     {@code otelcol_receiver_accepted_spans}
 * @param clock the time
 */
public record Telemetry(ComponentId component, Meter meter, Clock clock) {
    /** Reports to nobody; for tests and tools. */
    public static Telemetry none() {
        return new Telemetry(ComponentId.parse("none"), MeterProvider.noop().get("stackhouse"), Clock.system());
    }

    /** One attribute naming the component, under the key that its kind uses ({@code receiver}, {@code exporter} …). */
    public Attributes labelled(String kind) {
        return Attributes.of(AttributeKey.stringKey(kind), component.toString());
    }
}
