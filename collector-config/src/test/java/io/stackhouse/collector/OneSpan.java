package io.stackhouse.collector;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;

/** The smallest request of traces of which a span is kept. */
final class OneSpan {
    static final byte[] REQUEST = ExportTraceServiceRequest.newBuilder()
            .addResourceSpans(ResourceSpans.newBuilder()
                    .addScopeSpans(ScopeSpans.newBuilder()
                            .addSpans(Span.newBuilder()
                                    .setTraceId(ByteString.copyFromUtf8("0123456789abcdef"))
                                    .setSpanId(ByteString.copyFromUtf8("01234567")))))
            .build()
            .toByteArray();

    private OneSpan() {}
}
