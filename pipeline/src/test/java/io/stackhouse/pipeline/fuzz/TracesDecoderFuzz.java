package io.stackhouse.pipeline.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.batch.SpanBatch.SpanGroup;
import io.stackhouse.pipeline.identity.ResourceHash;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.otlp.TracesDecoder;
import io.stackhouse.pipeline.testing.Cost;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Any bytes as a traces request: refused as protobuf-java refuses them, else every span is there and all of it can be read. */
public final class TracesDecoderFuzz {
    private static final Parser<ExportTraceServiceRequest> PARSER =
            DiscardUnknownFieldsParser.wrap(ExportTraceServiceRequest.parser());
    private static final List<String> STRICTER =
            List.of("nested deeper than", "a field number out of range", "of memory");

    private TracesDecoderFuzz() {}

    public static void fuzzerTestOneInput(byte[] body) {
        Cost.check("decoding " + body.length + " bytes", Long.MAX_VALUE, () -> check(body));
    }

    private static void check(byte[] body) {
        TracesDecoder.Decoded decoded;
        try (MemoryLease lease = MemoryLease.counting()) {
            decoded = TracesDecoder.decode(body, 1, lease);
        } catch (RejectedException e) {
            checkRefusal(body, "" + e.getMessage());
            return;
        }
        List<Span> ours = new ArrayList<>();
        for (SpanGroup group : decoded.batch().groups()) {
            ResourceHash.of(group.resource(), group.scope());
            ours.addAll(group.spans());
        }
        for (Span span : ours) {
            String text = TracesDecoder.attributes(span.getAttributesList()).toString();
            if (text.length() < 2) {
                throw new AssertionError("attributes without braces: " + text);
            }
        }
        boolean isMended = decoded.message().contains("no UTF-8");
        if (!isMended && !ours.equals(validSpans(body, decoded.rejectedSpans()))) {
            throw new AssertionError("other spans than protobuf-java's: " + ours);
        }
    }

    private static void checkRefusal(byte[] body, String refusal) {
        boolean isKnown = STRICTER.stream().anyMatch(refusal::contains);
        if (!isKnown && request(body) != null) {
            throw new AssertionError("protobuf-java reads it; we refuse: " + refusal);
        }
    }

    private static @Nullable ExportTraceServiceRequest request(byte[] body) {
        try {
            return PARSER.parseFrom(body);
        } catch (InvalidProtocolBufferException e) {
            return null;
        }
    }

    private static List<Span> validSpans(byte[] body, int rejected) {
        ExportTraceServiceRequest request = request(body);
        if (request == null) {
            throw new AssertionError("we read it; protobuf-java refuses");
        }
        List<Span> all = request.getResourceSpansList().stream()
                .flatMap(resource -> resource.getScopeSpansList().stream())
                .map(ScopeSpans::getSpansList)
                .flatMap(List::stream)
                .toList();
        List<Span> valid = all.stream()
                .filter(span -> isId(span.getTraceId(), 16) && isId(span.getSpanId(), 8))
                .toList();
        if (all.size() - valid.size() != rejected) {
            throw new AssertionError(rejected + " spans are rejected; invalid ids have " + (all.size() - valid.size()));
        }
        return valid;
    }

    private static boolean isId(ByteString id, int length) {
        return id.size() == length && !id.equals(ByteString.copyFrom(new byte[length]));
    }
}
