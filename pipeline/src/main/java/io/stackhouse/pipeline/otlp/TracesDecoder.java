package io.stackhouse.pipeline.otlp;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.Resource;
import io.stackhouse.pipeline.batch.Scope;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.batch.SpanBatch.SpanGroup;
import io.stackhouse.pipeline.memory.MemoryLease;
import java.util.ArrayList;
import java.util.List;

/** Decodes an OTLP trace request (opentelemetry.proto.collector.trace.v1). Stateless; any thread. */
public final class TracesDecoder {
    private TracesDecoder() {}

    /**
     * Decodes a request.
     *
     * @param body the uncompressed ExportTraceServiceRequest
     * @param memory charged with what the batch takes beside {@code body}, while it grows
     * @throws RejectedException when the bytes are not such a message
     */
    public static SpanBatch decode(byte[] body, long receivedUnixNanos, MemoryLease memory) {
        ExportTraceServiceRequest request;
        try {
            request = ExportTraceServiceRequest.parseFrom(body);
        } catch (InvalidProtocolBufferException e) {
            throw new RejectedException("the message is no ExportTraceServiceRequest: " + e.getMessage(), e);
        }
        List<SpanGroup> groups = new ArrayList<>();
        for (ResourceSpans resourceSpans : request.getResourceSpansList()) {
            Resource resource = new Resource(
                    attributes(resourceSpans.getResource().getAttributesList()), resourceSpans.getSchemaUrl());
            for (ScopeSpans scopeSpans : resourceSpans.getScopeSpansList()) {
                groups.add(new SpanGroup(resource, scope(scopeSpans), scopeSpans.getSpansList()));
            }
        }
        return new SpanBatch(groups, receivedUnixNanos);
    }

    /** Attributes of a message as ours; the first of equal keys stays. */
    public static Attributes attributes(List<KeyValue> from) {
        Attributes attributes = new Attributes();
        for (KeyValue keyValue : from) {
            attributes.putIfAbsent(keyValue.getKey(), value(keyValue.getValue()));
        }
        return attributes;
    }

    private static Scope scope(ScopeSpans from) {
        InstrumentationScope scope = from.getScope();
        return new Scope(
                scope.getName(), scope.getVersion(), attributes(scope.getAttributesList()), from.getSchemaUrl());
    }

    private static AttributeValue value(AnyValue from) {
        return switch (from.getValueCase()) {
            case STRING_VALUE -> AttributeValue.of(from.getStringValue());
            case BOOL_VALUE -> AttributeValue.of(from.getBoolValue());
            case INT_VALUE -> AttributeValue.of(from.getIntValue());
            case DOUBLE_VALUE -> new AttributeValue.DoubleValue(from.getDoubleValue());
            case BYTES_VALUE ->
                new AttributeValue.BytesValue(from.getBytesValue().toByteArray());
            case ARRAY_VALUE -> array(from);
            case KVLIST_VALUE ->
                new AttributeValue.MapValue(attributes(from.getKvlistValue().getValuesList()));
            // Indices into a string table belong to profiles; elsewhere they are to be read as empty (common.proto).
            default -> AttributeValue.empty();
        };
    }

    private static AttributeValue array(AnyValue from) {
        List<AttributeValue> values = new ArrayList<>();
        for (AnyValue value : from.getArrayValue().getValuesList()) {
            values.add(value(value));
        }
        return new AttributeValue.ArrayValue(List.copyOf(values));
    }
}
