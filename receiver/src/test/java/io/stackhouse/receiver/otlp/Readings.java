package io.stackhouse.receiver.otlp;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.MetricDataType;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.Telemetry;
import java.util.Collection;

/** Reads a receiver's metrics. Any thread. */
final class Readings implements MetricReader {
    private volatile CollectionRegistration registration = CollectionRegistration.noop();
    private final SdkMeterProvider provider =
            SdkMeterProvider.builder().registerMetricReader(this).build();

    Telemetry telemetry() {
        return new Telemetry(ComponentId.parse("otlp"), provider.get("test"), Clock.system());
    }

    /** How often something was stopped at a limit. */
    long limited(HttpLimit limit) {
        return sum("otelcol_receiver_limited", "limit", limit.label());
    }

    long openConnections() {
        return sum("otelcol_receiver_connections", "transport", "http");
    }

    /** A gauge. */
    long bytesInFlight() {
        for (MetricData metric : registration.collectAllMetrics()) {
            if (metric.getName().equals("otelcol_receiver_bytes_in_flight")) {
                return metric.getLongGaugeData().getPoints().iterator().next().getValue();
            }
        }
        throw new AssertionError("no otelcol_receiver_bytes_in_flight");
    }

    /** A counter over all labels. */
    long total(String name) {
        return sum(name, "receiver", "otlp");
    }

    /** The sum of a counter's or a gauge's values with the label. */
    long sum(String name, String label, String value) {
        long sum = 0;
        for (MetricData metric : registration.collectAllMetrics()) {
            if (metric.getName().equals(name)) {
                for (LongPointData point : points(metric)) {
                    if (value.equals(point.getAttributes().get(AttributeKey.stringKey(label)))) {
                        sum += point.getValue();
                    }
                }
            }
        }
        return sum;
    }

    private static Collection<LongPointData> points(MetricData metric) {
        return metric.getType() == MetricDataType.LONG_GAUGE
                ? metric.getLongGaugeData().getPoints()
                : metric.getLongSumData().getPoints();
    }

    @Override
    public void register(CollectionRegistration registered) {
        registration = registered;
    }

    @Override
    public CompletableResultCode forceFlush() {
        return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
        return CompletableResultCode.ofSuccess();
    }

    @Override
    public AggregationTemporality getAggregationTemporality(InstrumentType type) {
        return AggregationTemporality.CUMULATIVE;
    }
}
