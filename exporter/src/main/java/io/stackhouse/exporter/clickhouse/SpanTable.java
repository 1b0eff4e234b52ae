package io.stackhouse.exporter.clickhouse;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.trace.v1.Span;
import io.stackhouse.exporter.clickhouse.block.ArrayColumn;
import io.stackhouse.exporter.clickhouse.block.FixedColumn;
import io.stackhouse.exporter.clickhouse.block.LowCardinalityColumn;
import io.stackhouse.exporter.clickhouse.block.MapColumn;
import io.stackhouse.exporter.clickhouse.block.NativeBlock;
import io.stackhouse.exporter.clickhouse.block.StringColumn;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.SpanBatch.SpanGroup;
import io.stackhouse.pipeline.otlp.TracesDecoder;

/** The open block of the table of spans, in the columns of the OpenTelemetry Collector's exporter. One thread. */
final class SpanTable {
    private static final String[] KINDS = {"Unspecified", "Internal", "Server", "Client", "Producer", "Consumer"};
    private static final String[] STATUS_CODES = {"Unset", "Ok", "Error"};

    final NativeBlock block = new NativeBlock();
    private final FixedColumn timestamp = block.add("Timestamp", FixedColumn.dateTime64());
    private final StringColumn traceId = block.add("TraceId", new StringColumn());
    private final StringColumn spanId = block.add("SpanId", new StringColumn());
    private final StringColumn parentSpanId = block.add("ParentSpanId", new StringColumn());
    private final StringColumn traceState = block.add("TraceState", new StringColumn());
    private final LowCardinalityColumn spanName = block.add("SpanName", new LowCardinalityColumn());
    private final LowCardinalityColumn spanKind = block.add("SpanKind", new LowCardinalityColumn());
    private final LowCardinalityColumn serviceName = block.add("ServiceName", new LowCardinalityColumn());
    private final MapColumn resourceAttributes = block.add("ResourceAttributes", new MapColumn());
    private final StringColumn scopeName = block.add("ScopeName", new StringColumn());
    private final StringColumn scopeVersion = block.add("ScopeVersion", new StringColumn());
    private final MapColumn spanAttributes = block.add("SpanAttributes", new MapColumn());
    private final FixedColumn duration = block.add("Duration", FixedColumn.uint64());
    private final LowCardinalityColumn statusCode = block.add("StatusCode", new LowCardinalityColumn());
    private final StringColumn statusMessage = block.add("StatusMessage", new StringColumn());
    private final ArrayColumn<FixedColumn> eventTimes =
            block.add("Events.Timestamp", new ArrayColumn<>(FixedColumn.dateTime64()));
    private final ArrayColumn<LowCardinalityColumn> eventNames =
            block.add("Events.Name", new ArrayColumn<>(new LowCardinalityColumn()));
    private final ArrayColumn<MapColumn> eventAttributes =
            block.add("Events.Attributes", new ArrayColumn<>(new MapColumn()));
    private final ArrayColumn<StringColumn> linkTraceIds =
            block.add("Links.TraceId", new ArrayColumn<>(new StringColumn()));
    private final ArrayColumn<StringColumn> linkSpanIds =
            block.add("Links.SpanId", new ArrayColumn<>(new StringColumn()));
    private final ArrayColumn<StringColumn> linkTraceStates =
            block.add("Links.TraceState", new ArrayColumn<>(new StringColumn()));
    private final ArrayColumn<MapColumn> linkAttributes =
            block.add("Links.Attributes", new ArrayColumn<>(new MapColumn()));

    /**
     * Appends one span.
     *
     * @param unixNanos the time to store it under; when it is not the span's own start, this is kept as an attribute
     */
    void append(SpanGroup group, Span span, long unixNanos) {
        timestamp.append(unixNanos);
        appendId(traceId, span.getTraceId());
        appendId(spanId, span.getSpanId());
        appendId(parentSpanId, span.getParentSpanId());
        traceState.append(span.getTraceState());
        spanName.append(span.getName());
        spanKind.append(named(KINDS, span.getKindValue()));
        serviceName.append(group.resource().attributes().text("service.name", ""));
        putAll(group.resource().attributes(), resourceAttributes);
        resourceAttributes.endRow();
        scopeName.append(group.scope().name());
        scopeVersion.append(group.scope().version());
        putAll(TracesDecoder.attributes(span.getAttributesList()), spanAttributes);
        long start = span.getStartTimeUnixNano();
        if (unixNanos != start) {
            spanAttributes.put(TimeWindow.ORIGINAL_TIMESTAMP, Long.toUnsignedString(start));
        }
        spanAttributes.endRow();
        duration.append(Math.max(0, span.getEndTimeUnixNano() - start));
        statusCode.append(named(STATUS_CODES, span.getStatus().getCodeValue()));
        statusMessage.append(span.getStatus().getMessage());
        appendEvents(span);
        appendLinks(span);
    }

    private void appendEvents(Span span) {
        for (Span.Event event : span.getEventsList()) {
            eventTimes.element().append(event.getTimeUnixNano());
            eventNames.element().append(event.getName());
            putAll(TracesDecoder.attributes(event.getAttributesList()), eventAttributes.element());
            eventAttributes.element().endRow();
        }
        eventTimes.endRow();
        eventNames.endRow();
        eventAttributes.endRow();
    }

    private void appendLinks(Span span) {
        for (Span.Link link : span.getLinksList()) {
            appendId(linkTraceIds.element(), link.getTraceId());
            appendId(linkSpanIds.element(), link.getSpanId());
            linkTraceStates.element().append(link.getTraceState());
            putAll(TracesDecoder.attributes(link.getAttributesList()), linkAttributes.element());
            linkAttributes.element().endRow();
        }
        linkTraceIds.endRow();
        linkSpanIds.endRow();
        linkTraceStates.endRow();
        linkAttributes.endRow();
    }

    private static void putAll(Attributes attributes, MapColumn column) {
        for (int i = 0; i < attributes.size(); i++) {
            column.put(attributes.key(i), attributes.value(i).text());
        }
    }

    private static void appendId(StringColumn column, ByteString id) {
        column.appendHex(id.toByteArray());
    }

    private static String named(String[] names, int number) {
        return number >= 0 && number < names.length ? names[number] : Integer.toString(number);
    }
}
