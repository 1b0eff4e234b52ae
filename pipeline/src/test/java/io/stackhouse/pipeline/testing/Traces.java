package io.stackhouse.pipeline.testing;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import java.util.Arrays;
import java.util.Collections;
import java.util.Random;

/** Trace requests for tests. Stateless. */
public final class Traces {
    private Traces() {}

    /** Spans of an HTTP server: seven attributes, an event on every tenth, a link on every fiftieth. */
    public static ExportTraceServiceRequest realistic(int spans) {
        Random random = new Random(42);
        ScopeSpans.Builder scope = ScopeSpans.newBuilder();
        for (int i = 0; i < spans; i++) {
            Span.Builder span = span(random)
                    .addAttributes(text("http.request.method", "GET"))
                    .addAttributes(text("url.path", "/orders/" + i))
                    .addAttributes(number("http.response.status_code", 200))
                    .addAttributes(text("server.address", "shop.example.com"))
                    .addAttributes(number("server.port", 8080))
                    .addAttributes(number("thread.id", 31 + i % 40))
                    .addAttributes(text("thread.name", "http-nio-8080-exec-" + i % 40));
            if (i % 10 == 0) {
                span.addEvents(Span.Event.newBuilder()
                        .setName("exception")
                        .setTimeUnixNano(1_790_000_000_000_500_000L)
                        .addAttributes(text("exception.type", "java.io.IOException")));
            }
            if (i % 50 == 0) {
                span.addLinks(Span.Link.newBuilder().setTraceId(id(random, 16)).setSpanId(id(random, 8)));
            }
            scope.addSpans(span);
        }
        return request(scope.build());
    }

    /** A span with ids, name, kind and times, and nothing else. */
    public static Span.Builder span(Random random) {
        return Span.newBuilder()
                .setTraceId(id(random, 16))
                .setSpanId(id(random, 8))
                .setParentSpanId(id(random, 8))
                .setName("GET /orders/{id}")
                .setKind(SpanKind.SPAN_KIND_SERVER)
                .setStartTimeUnixNano(1_790_000_000_000_000_000L)
                .setEndTimeUnixNano(1_790_000_000_001_000_000L)
                .setFlags(0x101);
    }

    /** A request of one scope with {@code count} times the span. */
    public static ExportTraceServiceRequest repeated(Span span, int count) {
        return request(ScopeSpans.newBuilder()
                .addAllSpans(Collections.nCopies(count, span))
                .build());
    }

    /** A request of one resource. */
    public static ExportTraceServiceRequest request(ScopeSpans... scopes) {
        return ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .setResource(Resource.newBuilder().addAttributes(text("service.name", "orders")))
                        .addAllScopeSpans(Arrays.asList(scopes)))
                .build();
    }

    public static KeyValue text(String key, String value) {
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(AnyValue.newBuilder().setStringValue(value))
                .build();
    }

    public static KeyValue number(String key, long value) {
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(AnyValue.newBuilder().setIntValue(value))
                .build();
    }

    private static ByteString id(Random random, int length) {
        byte[] id = new byte[length];
        random.nextBytes(id);
        return ByteString.copyFrom(id);
    }
}
