package io.stackhouse.it;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.ByteBuffer;
import java.util.Random;

/** Requests of one span each, whose name is a number. The same number gives the same bytes. */
final class NumberedRequests {
    private NumberedRequests() {}

    /** Of about {@code bytes} bytes. */
    static ExportTraceServiceRequest request(long number, int bytes) {
        byte[] noise = new byte[bytes];
        new Random(number).nextBytes(noise);
        Span span = Span.newBuilder()
                .setName(Long.toString(number))
                .setTraceId(ByteString.copyFrom(
                        ByteBuffer.allocate(16).putLong(1).putLong(number + 1).array()))
                .setSpanId(ByteString.copyFrom(
                        ByteBuffer.allocate(8).putLong(number + 1).array()))
                .addAttributes(KeyValue.newBuilder()
                        .setKey("noise")
                        .setValue(AnyValue.newBuilder().setBytesValue(ByteString.copyFrom(noise))))
                .build();
        return ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
                .build();
    }

    static long number(byte[] body) {
        try {
            return Long.parseLong(ExportTraceServiceRequest.parseFrom(body)
                    .getResourceSpans(0)
                    .getScopeSpans(0)
                    .getSpans(0)
                    .getName());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("the journal gave out what was never sent", e);
        }
    }
}
