package io.stackhouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spans of the real OpenTelemetry Java SDK, over gRPC and HTTP, stand in otel_traces. */
class OpenTelemetrySdkIT {
    private static final int SPANS = 100;

    @TempDir
    Path folder;

    @Test
    void spansOfTheJavaSdkAreReadFromOtelTraces() throws Exception {
        try (Deployment deployment = Deployment.start(folder)) {
            for (String compression : List.of("none", "gzip")) {
                String grpc = "shop-grpc-" + compression;
                String grpcTrace = send(
                        grpc,
                        OtlpGrpcSpanExporter.builder()
                                .setEndpoint(deployment.grpcEndpoint())
                                .setCompression(compression)
                                .build());
                String http = "shop-http-" + compression;
                String httpTrace = send(
                        http,
                        OtlpHttpSpanExporter.builder()
                                .setEndpoint(deployment.httpEndpoint() + "/v1/traces")
                                .setCompression(compression)
                                .build());

                assertSpans(deployment, grpc, grpcTrace);
                assertSpans(deployment, http, httpTrace);
            }
        }
    }

    private static void assertSpans(Deployment deployment, String service, String traceId) {
        String where = " FROM otel_traces WHERE ServiceName = '" + service + "'";
        Awaitility.await("the spans of " + service)
                .atMost(Duration.ofSeconds(30))
                .until(() -> deployment.number("SELECT count()" + where) >= SPANS + 1);
        assertThat(deployment.sql("SELECT count(), uniqExact(SpanId), uniqExact(TraceId)" + where))
                .containsExactly((SPANS + 1) + "\t" + (SPANS + 1) + "\t1");
        assertThat(deployment.sql("SELECT DISTINCT TraceId" + where)).containsExactly(traceId);
        assertThat(deployment.sql("SELECT SpanKind, StatusCode, SpanAttributes['item'], ScopeName,"
                        + " Events.Name, Duration > 0" + where + " AND SpanName = 'child-7'"))
                .containsExactly("Internal\tError\t7\tshop\t['packed']\t1");
        assertThat(deployment.sql("SELECT count()" + where + " AND ParentSpanId = (SELECT SpanId" + where
                        + " AND SpanName = 'parent')"))
                .containsExactly(Integer.toString(SPANS));
    }

    /** Sends one trace: a parent and its children. */
    private static String send(String service, SpanExporter exporter) {
        Resource resource = Resource.getDefault()
                .merge(Resource.create(Attributes.of(AttributeKey.stringKey("service.name"), service)));
        try (SdkTracerProvider provider = SdkTracerProvider.builder()
                .setResource(resource)
                .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
                .build()) {
            Tracer tracer = provider.get("shop");
            Span parent = tracer.spanBuilder("parent").startSpan();
            for (int i = 0; i < SPANS; i++) {
                Span child = tracer.spanBuilder("child-" + i)
                        .setParent(Context.current().with(parent))
                        .startSpan();
                child.setAttribute("item", i);
                child.addEvent("packed");
                child.setStatus(i == 7 ? StatusCode.ERROR : StatusCode.OK);
                child.end();
            }
            parent.end();
            provider.forceFlush().join(20, TimeUnit.SECONDS);
            return parent.getSpanContext().getTraceId();
        }
    }
}
