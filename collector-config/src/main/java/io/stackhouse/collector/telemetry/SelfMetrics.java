package io.stackhouse.collector.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.exporter.prometheus.PrometheusHttpServer;
import io.opentelemetry.exporter.prometheus.TranslationStrategy;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.SdkMeterProviderBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.stackhouse.collector.admin.HttpServerLimits;
import io.stackhouse.collector.config.TelemetryConfig;
import io.stackhouse.collector.config.TelemetryConfig.MetricsLevel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The collector's own metrics, for Prometheus at {@code /metrics} and by OTLP to whom the configuration names, under the names that the OpenTelemetry Collector has (no
 * suffixes for types and units). Any thread.
 */
public final class SelfMetrics implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SelfMetrics.class);
    private static final long CLOSE_SECONDS = 2;
    private static final Resource SELF = Resource.getDefault()
            .merge(Resource.create(Attributes.of(AttributeKey.stringKey("service.name"), "stackhouse-collector")));

    private final @Nullable SdkMeterProvider sdk;

    private SelfMetrics(@Nullable SdkMeterProvider sdk) {
        this.sdk = sdk;
    }

    /**
     * Opens the port; when the configuration doesn't name it and it is taken, there are no metrics and a warning.
     *
     * @throws IllegalStateException when a port that the configuration names can't be had
     */
    public static SelfMetrics start(TelemetryConfig.Metrics config) {
        if (config.level() == MetricsLevel.NONE) {
            return new SelfMetrics(null);
        }
        SdkMeterProviderBuilder sdk = SdkMeterProvider.builder().setResource(SELF);
        boolean isRead = config.isServed() && serve(config.listen(), sdk);
        for (TelemetryConfig.Reader reader : config.readers()) {
            if (reader.periodic() != null) {
                sdk.registerMetricReader(MetricPush.reader(reader.periodic()));
                isRead = true;
            }
        }
        if (!isRead) {
            return new SelfMetrics(null);
        }
        SdkMeterProvider built = sdk.build();
        ProcessMetrics.register(built.get("stackhouse"));
        return new SelfMetrics(built);
    }

    /** Says whether the port could be had. */
    private static boolean serve(TelemetryConfig.Address address, SdkMeterProviderBuilder sdk) {
        HttpServerLimits.apply();
        try {
            sdk.registerMetricReader(PrometheusHttpServer.builder()
                    .setHost(address.host())
                    .setPort(address.port())
                    .setOtelScopeLabelsEnabled(false)
                    .setTranslationStrategy(TranslationStrategy.UNDERSCORE_ESCAPING_WITHOUT_SUFFIXES)
                    .build());
            return true;
        } catch (RuntimeException e) {
            String what = "can't serve metrics on " + address.host() + ":" + address.port() + ": " + cause(e);
            if (address.isExplicit()) {
                throw new IllegalStateException(
                        what + "; set service::telemetry::metrics to another port, or its level to none", e);
            }
            LOG.warn("{}; going on without, set service::telemetry::metrics::address to have them", what);
            return false;
        }
    }

    private static String cause(Throwable thrown) {
        Throwable cause = thrown;
        for (Throwable next = cause.getCause(); next != null; next = cause.getCause()) {
            cause = next;
        }
        return String.valueOf(cause.getMessage());
    }

    /** Where instruments are made. */
    public MeterProvider meters() {
        return sdk == null ? MeterProvider.noop() : sdk;
    }

    @Override
    public void close() {
        if (sdk != null) {
            sdk.shutdown().join(CLOSE_SECONDS, TimeUnit.SECONDS);
        }
    }
}
