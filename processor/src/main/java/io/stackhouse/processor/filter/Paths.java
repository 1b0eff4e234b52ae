package io.stackhouse.processor.filter;

import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.identity.FrameAttributes;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The paths that conditions may speak of, by signal. Immutable. */
final class Paths {
    private static final Paths OF_TRACES = new Paths(Signal.TRACES);
    private static final Paths OF_PROFILES = new Paths(Signal.PROFILES);

    /** Paths with a key, such as {@code span.attributes["k"]}, by their name without it. */
    private final Map<String, Function<String, Operand>> maps = new TreeMap<>();

    private final Map<String, Operand> fields = new TreeMap<>();

    private Paths(Signal signal) {
        addSource("scope");
        addSource("instrumentation_scope");
        if (signal == Signal.TRACES) {
            addSpan();
        } else {
            addProfile();
            addFrame();
        }
    }

    static Paths of(Signal signal) {
        return signal == Signal.TRACES ? OF_TRACES : OF_PROFILES;
    }

    /** The field, or null when there is none of that name. */
    @Nullable
    Operand field(String name) {
        return fields.get(name);
    }

    /** The value under a key, or null when there is no map of that name. */
    @Nullable
    Operand entry(String name, String key) {
        Function<String, Operand> map = maps.get(name);
        return map == null ? null : map.apply(key);
    }

    boolean isMap(String name) {
        return maps.containsKey(name);
    }

    /** For messages. */
    String allowed() {
        return String.join(", ", fields.keySet()) + ", "
                + String.join(
                        ", ",
                        maps.keySet().stream().map(name -> name + "[\"key\"]").toList());
    }

    private void addSource(String scope) {
        maps.put(
                "resource.attributes",
                key -> Operand.of(
                        Operand.RESOURCE,
                        (cursor, into) -> into.set(cursor.resource.attributes().get(key))));
        maps.put(
                scope + ".attributes",
                key -> Operand.of(
                        Operand.SCOPE,
                        (cursor, into) -> into.set(cursor.scope.attributes().get(key))));
        text("resource.schema_url", Operand.RESOURCE, cursor -> cursor.resource.schemaUrl());
        text(scope + ".name", Operand.SCOPE, cursor -> cursor.scope.name());
        text(scope + ".version", Operand.SCOPE, cursor -> cursor.scope.version());
        text(scope + ".schema_url", Operand.SCOPE, cursor -> cursor.scope.schemaUrl());
    }

    private void addSpan() {
        maps.put(
                "span.attributes",
                key -> Operand.of(Operand.ITEM, (cursor, into) -> loadAttribute(cursor.span, key, into)));
        text("span.name", Operand.ITEM, cursor -> cursor.span.getName());
        text("span.kind.string", Operand.ITEM, cursor -> kindText(cursor.span));
        text(
                "span.status.message",
                Operand.ITEM,
                cursor -> cursor.span.getStatus().getMessage());
        text("span.trace_state", Operand.ITEM, cursor -> cursor.span.getTraceState());
        text(
                "span.trace_id.string",
                Operand.ITEM,
                cursor -> hex(cursor.span.getTraceId().toByteArray()));
        text(
                "span.span_id.string",
                Operand.ITEM,
                cursor -> hex(cursor.span.getSpanId().toByteArray()));
        text(
                "span.parent_span_id.string",
                Operand.ITEM,
                cursor -> hex(cursor.span.getParentSpanId().toByteArray()));
        number("span.kind", Operand.ITEM, cursor -> cursor.span.getKindValue());
        number(
                "span.status.code",
                Operand.ITEM,
                cursor -> cursor.span.getStatus().getCodeValue());
        number("span.start_time_unix_nano", Operand.ITEM, cursor -> cursor.span.getStartTimeUnixNano());
        number("span.end_time_unix_nano", Operand.ITEM, cursor -> cursor.span.getEndTimeUnixNano());
        number("span.dropped_attributes_count", Operand.ITEM, cursor -> cursor.span.getDroppedAttributesCount());
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /** As OTTL spells it: {@code Server}. */
    private static String kindText(Span span) {
        return switch (span.getKind()) {
            case SPAN_KIND_INTERNAL -> "Internal";
            case SPAN_KIND_SERVER -> "Server";
            case SPAN_KIND_CLIENT -> "Client";
            case SPAN_KIND_PRODUCER -> "Producer";
            case SPAN_KIND_CONSUMER -> "Consumer";
            default -> "Unspecified";
        };
    }

    private static void loadAttribute(Span span, String key, Cell into) {
        List<KeyValue> attributes = span.getAttributesList();
        for (int i = 0; i < attributes.size(); i++) {
            KeyValue attribute = attributes.get(i);
            if (attribute.getKey().equals(key)) {
                into.set(attribute.getValue());
                return;
            }
        }
        into.setNil();
    }

    private void addProfile() {
        maps.put(
                "profile.attributes",
                key -> Operand.of(Operand.PROFILE, (cursor, into) -> loadProfileAttribute(cursor, key, into)));
        maps.put(
                "sample.attributes",
                key -> Operand.of(Operand.ITEM, (cursor, into) -> loadSampleAttribute(cursor, key, into)));
        text("profile.type", Operand.PROFILE, cursor -> cursor.profile().type().type());
        text("profile.unit", Operand.PROFILE, cursor -> cursor.profile().type().unit());
        text(
                "profile.period_type",
                Operand.PROFILE,
                cursor -> cursor.profile().periodType().type());
        text(
                "profile.period_unit",
                Operand.PROFILE,
                cursor -> cursor.profile().periodType().unit());
        text(
                "profile.original_payload_format",
                Operand.PROFILE,
                cursor -> cursor.profile().payload().format());
        text(
                "profile.profile_id.string",
                Operand.PROFILE,
                cursor -> hex(cursor.profile().profileId()));
        number("profile.period", Operand.PROFILE, cursor -> cursor.profile().period());
        number(
                "profile.time_unix_nano",
                Operand.PROFILE,
                cursor -> cursor.profile().timeUnixNanos());
        number(
                "profile.duration_unix_nano",
                Operand.PROFILE,
                cursor -> cursor.profile().durationNanos());
        fields.put(
                "sample.is_linked",
                Operand.of(
                        Operand.ITEM, (cursor, into) -> into.set(cursor.batch().sampleLink(cursor.sample) != 0)));
    }

    private static void loadProfileAttribute(Cursor cursor, String key, Cell into) {
        Dictionary dictionary = cursor.batch().dictionary();
        for (int row : cursor.profile().attributes()) {
            if (dictionary.attributeKey(row).equals(key)) {
                into.set(dictionary.attributeValue(row));
                return;
            }
        }
        into.setNil();
    }

    private static void loadSampleAttribute(Cursor cursor, String key, Cell into) {
        ProfileBatch batch = cursor.batch();
        Dictionary dictionary = batch.dictionary();
        int end = batch.sampleAttributeEnd(cursor.sample);
        for (int i = batch.sampleAttributeStart(cursor.sample); i < end; i++) {
            int row = batch.sampleAttribute(i);
            if (dictionary.attributeKey(row).equals(key)) {
                into.set(dictionary.attributeValue(row));
                return;
            }
        }
        into.setNil();
    }

    private void addFrame() {
        maps.put(
                "frame.attributes",
                key -> Operand.of(Operand.FRAME, (cursor, into) -> loadFrameAttribute(cursor, key, into)));
        frameText("frame.function", (dictionary, cursor) -> dictionary.functionName(function(dictionary, cursor)));
        frameText(
                "frame.system_function",
                (dictionary, cursor) -> dictionary.functionSystemName(function(dictionary, cursor)));
        frameText("frame.file", (dictionary, cursor) -> dictionary.functionFile(function(dictionary, cursor)));
        frameText(
                "frame.module",
                (dictionary, cursor) -> dictionary.mappingFile(dictionary.locationMapping(cursor.location)));
        text(
                "frame.type",
                Operand.FRAME,
                cursor -> FrameAttributes.frameType(cursor.batch().dictionary(), cursor.location));
        text("frame.build_id", Operand.FRAME, cursor -> {
            Dictionary dictionary = cursor.batch().dictionary();
            return FrameAttributes.buildId(dictionary, dictionary.locationMapping(cursor.location));
        });
        number(
                "frame.line",
                Operand.FRAME,
                cursor -> cursor.line == Cursor.NO_LINE
                        ? 0
                        : cursor.batch().dictionary().lineNumber(cursor.line));
    }

    /** Index of the frame's function, 0 when it has none. */
    private static int function(Dictionary dictionary, Cursor cursor) {
        return cursor.line == Cursor.NO_LINE ? 0 : dictionary.lineFunction(cursor.line);
    }

    /** Finds a string of the frame in the dictionary. */
    @FunctionalInterface
    private interface StringIndex {
        int of(Dictionary dictionary, Cursor cursor);
    }

    private void frameText(String name, StringIndex index) {
        text(name, Operand.FRAME, cursor -> {
            Dictionary dictionary = cursor.batch().dictionary();
            return dictionary.string(index.of(dictionary, cursor));
        });
    }

    private static void loadFrameAttribute(Cursor cursor, String key, Cell into) {
        Dictionary dictionary = cursor.batch().dictionary();
        int end = dictionary.locationAttributeEnd(cursor.location);
        for (int i = dictionary.locationAttributeStart(cursor.location); i < end; i++) {
            int row = dictionary.locationAttribute(i);
            if (dictionary.attributeKey(row).equals(key)) {
                into.set(dictionary.attributeValue(row));
                return;
            }
        }
        into.setNil();
    }

    private void text(String name, int uses, Function<Cursor, String> value) {
        fields.put(name, Operand.of(uses, (cursor, into) -> into.set(value.apply(cursor))));
    }

    private void number(String name, int uses, ToLongFunction<Cursor> value) {
        fields.put(name, Operand.of(uses, (cursor, into) -> into.set(value.applyAsLong(cursor))));
    }
}
