package io.stackhouse.pipeline.testing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.MetricDataType;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Reads the metrics of components in this process. Any thread. */
public final class MetricReadings implements MetricReader {
    private volatile CollectionRegistration registration = CollectionRegistration.noop();
    private final SdkMeterProvider provider =
            SdkMeterProvider.builder().registerMetricReader(this).build();

    public MeterProvider meters() {
        return provider;
    }

    /** The sum over all labels of a counter or gauge; 0 while nothing was recorded. */
    public long sum(String name) {
        return sum(name, labels -> true);
    }

    /** The same over those points that have a label of the value. */
    public long sum(String name, Object value) {
        return sum(name, labels -> labels.asMap().containsValue(value));
    }

    /** The same over those points whose label is the value. */
    public long sum(String name, String label, String value) {
        return sum(name, labels -> value.equals(labels.get(AttributeKey.stringKey(label))));
    }

    private long sum(String name, Predicate<Attributes> isMeant) {
        return registration.collectAllMetrics().stream()
                .filter(metric -> metric.getName().equals(name))
                .flatMap(metric -> points(metric).stream())
                .filter(point -> isMeant.test(point.getAttributes()))
                .mapToLong(LongPointData::getValue)
                .sum();
    }

    /** How often a histogram was recorded to over the points with the label. */
    public long recordings(String name, String label) {
        return histogram(name, label).mapToLong(HistogramPointData::getCount).sum();
    }

    /** The sum of what a histogram was given over the points with the label. */
    public double recorded(String name, String label) {
        return histogram(name, label).mapToDouble(HistogramPointData::getSum).sum();
    }

    private Stream<HistogramPointData> histogram(String name, String label) {
        return registration.collectAllMetrics().stream()
                .filter(metric -> metric.getName().equals(name))
                .flatMap(metric -> metric.getHistogramData().getPoints().stream())
                .filter(point -> point.getAttributes().asMap().containsValue(label));
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
