package io.stackhouse.pipeline.otlp;

import com.google.protobuf.ByteString;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.Resource;
import io.stackhouse.pipeline.batch.Scope;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.batch.SpanBatch.SpanGroup;
import io.stackhouse.pipeline.memory.DecodeMemory;
import io.stackhouse.pipeline.memory.MemoryLease;
import java.util.ArrayList;
import java.util.List;

/**
 * Decodes an OTLP trace request (opentelemetry.proto.collector.trace.v1). Stateless; any thread.
 *
 * <p>Spans stay protobuf-java's objects; {@link TraceWalk} takes their memory before they are made. Unknown fields are left out.
 */
public final class TracesDecoder {
    private static final Parser<ExportTraceServiceRequest> PARSER =
            DiscardUnknownFieldsParser.wrap(ExportTraceServiceRequest.parser());
    private static final int TRACE_ID_BYTES = 16;
    private static final int SPAN_ID_BYTES = 8;

    private final List<SpanGroup> groups = new ArrayList<>();
    private int spans;
    private int rejectedSpans;
    private String message = "";

    TracesDecoder() {}

    /**
     * What came of a request.
     *
     * @param batch the accepted spans
     * @param rejectedSpans how many spans were left out
     * @param message why, and what to mend, or a warning; empty when all is well
     */
    public record Decoded(SpanBatch batch, int rejectedSpans, String message) {}

    /**
     * Decodes and validates. A span without a valid trace id and span id is left out; text that is no UTF-8 is kept with '?' for
     * its malformed bytes; text that is given as an index into a string table, which only profiles have, is empty.
     *
     * @param body the uncompressed ExportTraceServiceRequest
     * @param lease charged with what the batch takes beside {@code body}, before it is made
     * @throws RejectedException when the bytes are not such a message, or would take more memory than DecodeMemory allows
     */
    public static Decoded decode(byte[] body, long receivedUnixNanos, MemoryLease lease) {
        DecodeMemory memory = DecodeMemory.of(lease, body.length);
        TracesDecoder decoder = new TracesDecoder();
        int stringIndices = TraceWalk.takeMemory(body, memory);
        decoder.add(decoder.parse(body, memory));
        if (stringIndices > 0) {
            decoder.warn(stringIndices + " strings are given as an index into a string table, which only profiles have;"
                    + " they are taken as empty");
        }
        return decoder.decoded(receivedUnixNanos);
    }

    Decoded decoded(long receivedUnixNanos) {
        return new Decoded(new SpanBatch(groups, receivedUnixNanos), rejectedSpans, message);
    }

    private ExportTraceServiceRequest parse(byte[] body, DecodeMemory memory) {
        try {
            return PARSER.parseFrom(body);
        } catch (InvalidProtocolBufferException e) {
            return parseMended(body, memory);
        }
    }

    private ExportTraceServiceRequest parseMended(byte[] body, DecodeMemory memory) {
        memory.take(body.length);
        byte[] mended = body.clone();
        TraceWalk.mendTexts(mended);
        try {
            ExportTraceServiceRequest request = PARSER.parseFrom(mended);
            warn("text that is no UTF-8 was kept with '?' for its malformed bytes");
            return request;
        } catch (InvalidProtocolBufferException e) {
            throw new RejectedException("the message is no ExportTraceServiceRequest: " + e.getMessage(), e);
        } finally {
            memory.giveBack(body.length);
        }
    }

    void add(ExportTraceServiceRequest request) {
        for (ResourceSpans resourceSpans : request.getResourceSpansList()) {
            Resource resource = new Resource(
                    attributes(resourceSpans.getResource().getAttributesList()), resourceSpans.getSchemaUrl());
            for (ScopeSpans scopeSpans : resourceSpans.getScopeSpansList()) {
                groups.add(new SpanGroup(resource, scope(scopeSpans), valid(scopeSpans.getSpansList())));
            }
        }
    }

    /** The list itself when all its spans are valid. */
    private List<Span> valid(List<Span> all) {
        List<Span> valid = all;
        for (int i = 0; i < all.size(); i++) {
            String problem = problem(all.get(i));
            if (!problem.isEmpty()) {
                reject(spans + i, problem);
                if (valid == all) {
                    valid = new ArrayList<>(all.subList(0, i));
                }
            } else if (valid != all) {
                valid.add(all.get(i));
            }
        }
        spans += all.size();
        return valid;
    }

    private static String problem(Span span) {
        if (!isId(span.getTraceId(), TRACE_ID_BYTES)) {
            return "its trace_id has " + span.getTraceId().size() + " bytes; it must have 16, not all of them zero";
        }
        if (!isId(span.getSpanId(), SPAN_ID_BYTES)) {
            return "its span_id has " + span.getSpanId().size() + " bytes; it must have 8, not all of them zero";
        }
        return "";
    }

    private static boolean isId(ByteString id, int length) {
        if (id.size() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (id.byteAt(i) != 0) {
                return true;
            }
        }
        return false;
    }

    private void reject(int span, String problem) {
        if (rejectedSpans++ == 0) {
            warn("span " + span + " of the request: " + problem);
        }
    }

    private void warn(String text) {
        message = message.isEmpty() ? text : message + "; " + text;
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

    /** A message's value as ours. */
    public static AttributeValue value(AnyValue from) {
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
