package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.AttributeValue.ArrayValue;
import io.stackhouse.pipeline.batch.AttributeValue.BoolValue;
import io.stackhouse.pipeline.batch.AttributeValue.BytesValue;
import io.stackhouse.pipeline.batch.AttributeValue.DoubleValue;
import io.stackhouse.pipeline.batch.AttributeValue.LongValue;
import io.stackhouse.pipeline.batch.AttributeValue.MapValue;
import io.stackhouse.pipeline.batch.AttributeValue.StringValue;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.Resource;
import io.stackhouse.pipeline.batch.Scope;
import java.nio.charset.StandardCharsets;

/** Writes AnyValue, KeyValue and the messages around them (common.proto, resource.proto), texts in full. Stateless; any thread. */
final class AnyValueWriter {
    private static final int SMALL = 64;

    private AnyValueWriter() {}

    /** The content of an AnyValue; nothing for one that is empty. */
    static void value(WireWriter out, AttributeValue value) {
        if (value instanceof StringValue text) {
            out.bytesField(1, text.value().getBytes(StandardCharsets.UTF_8));
        } else if (value instanceof BoolValue bool) {
            out.varint(2 << 3);
            out.varint(bool.value() ? 1 : 0);
        } else if (value instanceof LongValue number) {
            out.varint(3 << 3);
            out.varint(number.value());
        } else if (value instanceof DoubleValue number) {
            out.varint(4 << 3 | WireReader.FIXED64);
            out.fixed64(Double.doubleToRawLongBits(number.value()));
        } else if (value instanceof ArrayValue array) {
            out.messageField(5, elements(array));
        } else if (value instanceof MapValue map) {
            WireWriter entries = new WireWriter(SMALL);
            keyValues(entries, 1, map.values());
            out.messageField(6, entries);
        } else if (value instanceof BytesValue bytes) {
            out.bytesField(7, bytes.value());
        }
    }

    private static WireWriter elements(ArrayValue array) {
        WireWriter elements = new WireWriter(SMALL);
        WireWriter element = new WireWriter(SMALL);
        for (AttributeValue value : array.values()) {
            element.clear();
            value(element, value);
            elements.messageField(1, element);
        }
        return elements;
    }

    /** Each attribute as a KeyValue in the repeated field. */
    static void keyValues(WireWriter out, int field, Attributes attributes) {
        WireWriter entry = new WireWriter(SMALL);
        WireWriter value = new WireWriter(SMALL);
        for (int i = 0; i < attributes.size(); i++) {
            value.clear();
            value(value, attributes.value(i));
            entry.clear();
            entry.stringField(1, attributes.key(i));
            entry.messageField(2, value);
            out.messageField(field, entry);
        }
    }

    /** Field 1 of ResourceProfiles and ResourceSpans. */
    static void resource(WireWriter out, Resource resource) {
        WireWriter message = new WireWriter(SMALL);
        keyValues(message, 1, resource.attributes());
        out.messageField(1, message);
    }

    /** Field 1 of ScopeProfiles and ScopeSpans. */
    static void scope(WireWriter out, Scope scope) {
        WireWriter message = new WireWriter(SMALL);
        message.stringField(1, scope.name());
        message.stringField(2, scope.version());
        keyValues(message, 3, scope.attributes());
        out.messageField(1, message);
    }
}
