package io.stackhouse.collector.telemetry;

import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporterBuilder;
import io.opentelemetry.exporter.otlp.metrics.OtlpGrpcMetricExporter;
import io.opentelemetry.exporter.otlp.metrics.OtlpGrpcMetricExporterBuilder;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.stackhouse.collector.config.Push;
import java.util.List;

/** Makes readers that send metrics by the SDK's own OTLP exporters. What can't be sent is logged by the SDK and sent with the next. Stateless. */
final class MetricPush {
    private MetricPush() {}

    static MetricReader reader(Push push) {
        Push.Otlp otlp = push.exporter().otlp();
        return PeriodicMetricReader.builder(otlp.isGrpc() ? grpc(push, otlp) : http(push, otlp))
                .setInterval(push.every())
                .build();
    }

    private static MetricExporter grpc(Push push, Push.Otlp otlp) {
        OtlpGrpcMetricExporterBuilder builder = OtlpGrpcMetricExporter.builder()
                .setEndpoint(otlp.url())
                .setCompression(otlp.compressionName())
                .setTimeout(push.atMost());
        for (Push.Header header : headers(otlp)) {
            builder.addHeader(header.name(), header.value().value());
        }
        return builder.build();
    }

    private static MetricExporter http(Push push, Push.Otlp otlp) {
        OtlpHttpMetricExporterBuilder builder = OtlpHttpMetricExporter.builder()
                .setEndpoint(otlp.url())
                .setCompression(otlp.compressionName())
                .setTimeout(push.atMost());
        for (Push.Header header : headers(otlp)) {
            builder.addHeader(header.name(), header.value().value());
        }
        return builder.build();
    }

    private static List<Push.Header> headers(Push.Otlp otlp) {
        return otlp.headers() == null ? List.of() : otlp.headers();
    }
}
