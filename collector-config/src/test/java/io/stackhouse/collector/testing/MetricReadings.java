package io.stackhouse.collector.testing;

import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.MetricDataType;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import java.util.Collection;
import java.util.List;

/** Reads the metrics of a graph in this process. Any thread. */
public final class MetricReadings implements MetricReader {
    private volatile CollectionRegistration registration = CollectionRegistration.noop();
    private final SdkMeterProvider provider =
            SdkMeterProvider.builder().registerMetricReader(this).build();

    public MeterProvider meters() {
        return provider;
    }

    /** The sum over all labels of a counter or gauge; 0 while nothing was recorded. */
    public long sum(String name) {
        return sum(name, "");
    }

    /** The same over those points that have a label of the value. */
    public long sum(String name, String label) {
        long sum = 0;
        for (MetricData metric : registration.collectAllMetrics()) {
            if (metric.getName().equals(name)) {
                for (LongPointData point : points(metric)) {
                    boolean isMeant =
                            label.isEmpty() || point.getAttributes().asMap().containsValue(label);
                    sum += isMeant ? point.getValue() : 0;
                }
            }
        }
        return sum;
    }

    private static Collection<LongPointData> points(MetricData metric) {
        if (metric.getType() == MetricDataType.LONG_GAUGE) {
            return metric.getLongGaugeData().getPoints();
        }
        return metric.getType() == MetricDataType.LONG_SUM
                ? metric.getLongSumData().getPoints()
                : List.of();
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
