package io.stackhouse.exporter.debug;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.stackhouse.pipeline.batch.Resource;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.batch.SpanBatch.SpanGroup;
import io.stackhouse.pipeline.otlp.TracesDecoder;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Spans as text. One use, one thread. */
final class SpanDump {
    private static final double NANOS_PER_MILLI = 1e6;

    private final SpanBatch batch;
    private final Text out;
    private final int maxSpans;

    SpanDump(SpanBatch batch, Text out, int maxSpans) {
        this.batch = batch;
        this.out = out;
        this.maxSpans = maxSpans;
    }

    void summary() {
        long resources =
                batch.groups().stream().map(SpanGroup::resource).distinct().count();
        out.line(0)
                .add("Traces: ")
                .add(resources)
                .add(" resources, ")
                .add(batch.size())
                .add(" spans");
    }

    /** A line for each span. */
    void spans() {
        int shown = 0;
        for (SpanGroup group : batch.groups()) {
            String service = group.resource().attributes().text("service.name", "-");
            for (Span span : group.spans()) {
                if (shown++ < maxSpans) {
                    out.line(1).foreign(service).add(" ");
                    heading(span);
                }
            }
        }
        leftOut();
    }

    void details() {
        int shown = 0;
        Resource last = null;
        for (SpanGroup group : batch.groups()) {
            if (shown < maxSpans) {
                heading(group, last);
                last = group.resource();
            }
            for (Span span : group.spans()) {
                if (shown++ < maxSpans) {
                    span(span);
                }
            }
        }
        leftOut();
    }

    private void heading(SpanGroup group, @Nullable Resource last) {
        if (group.resource() != last) {
            out.line(0).add("Resource ").foreign(group.resource().schemaUrl());
            out.attributes(1, group.resource().attributes());
        }
        out.line(1).add("Scope ").foreign(group.scope().name()).add(" ");
        out.foreign(group.scope().version());
        out.attributes(2, group.scope().attributes());
    }

    private void heading(Span span) {
        out.foreign(span.getName()).add(" ").add(span.getKind().name().replace("SPAN_KIND_", ""));
        out.add(" trace ").add(hex(span.getTraceId())).add(" span ").add(hex(span.getSpanId()));
        out.add(" from ").time(span.getStartTimeUnixNano()).add(" for ");
        out.add(String.valueOf((span.getEndTimeUnixNano() - span.getStartTimeUnixNano()) / NANOS_PER_MILLI));
        out.add(" ms");
    }

    private void span(Span span) {
        out.line(2).add("Span ");
        heading(span);
        if (!span.getParentSpanId().isEmpty()) {
            out.line(3).add("parent ").add(hex(span.getParentSpanId()));
        }
        if (span.hasStatus()) {
            out.line(3).add("status ").add(span.getStatus().getCode().name().replace("STATUS_CODE_", ""));
            out.add(" ").foreign(span.getStatus().getMessage());
        }
        if (!span.getTraceState().isEmpty()) {
            out.line(3).add("trace state ").foreign(span.getTraceState());
        }
        attributes(3, span.getAttributesList());
        for (Span.Event event : span.getEventsList()) {
            out.line(3).add("event ").foreign(event.getName()).add(" at ").time(event.getTimeUnixNano());
            attributes(4, event.getAttributesList());
        }
        for (Span.Link link : span.getLinksList()) {
            out.line(3)
                    .add("link to trace ")
                    .add(hex(link.getTraceId()))
                    .add(" span ")
                    .add(hex(link.getSpanId()));
            attributes(4, link.getAttributesList());
        }
    }

    private void attributes(int level, List<KeyValue> attributes) {
        out.attributes(level, TracesDecoder.attributes(attributes));
    }

    private static String hex(ByteString id) {
        return HexFormat.of().formatHex(id.toByteArray());
    }

    private void leftOut() {
        if (batch.size() > maxSpans) {
            out.line(0).add("and ").add(batch.size() - maxSpans).add(" spans more (max_items)");
        }
    }
}
