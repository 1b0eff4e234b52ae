package io.stackhouse.receiver.otlp;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongUpDownCounter;
import io.opentelemetry.api.metrics.Meter;
import io.stackhouse.pipeline.Telemetry;
import java.util.EnumMap;
import java.util.Map;

/** Counts connections of one port and what was stopped at a limit. Any thread. */
final class HttpMetrics {
    private final LongUpDownCounter connections;
    private final LongCounter stopped;
    private final Attributes base;
    private final Map<HttpLimit, Attributes> labels = new EnumMap<>(HttpLimit.class);

    HttpMetrics(Telemetry telemetry, Transport transport) {
        Meter meter = telemetry.meter();
        connections = meter.upDownCounterBuilder("otelcol_receiver_connections")
                .setUnit("{connections}")
                .setDescription("Connections open")
                .build();
        stopped = meter.counterBuilder("otelcol_receiver_limited")
                .setUnit("{events}")
                .setDescription("Connections, requests and streams stopped at a limit, by limit")
                .build();
        base = telemetry.labelled("receiver").toBuilder()
                .put(AttributeKey.stringKey("transport"), transport.label())
                .build();
        for (HttpLimit limit : HttpLimit.values()) {
            labels.put(
                    limit,
                    base.toBuilder()
                            .put(AttributeKey.stringKey("limit"), limit.label())
                            .build());
        }
    }

    void opened() {
        connections.add(1, base);
    }

    void closed() {
        connections.add(-1, base);
    }

    void stopped(HttpLimit limit) {
        stopped.add(1, labels.getOrDefault(limit, base));
    }
}
