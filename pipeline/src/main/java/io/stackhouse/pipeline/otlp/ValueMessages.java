package io.stackhouse.pipeline.otlp;

import com.google.protobuf.UnsafeByteOperations;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.Attributes;

/** Attribute values as messages of the protocol; the way back is {@link TracesDecoder#value}. Stateless. */
public final class ValueMessages {
    private ValueMessages() {}

    public static AnyValue message(AttributeValue value) {
        AnyValue.Builder out = AnyValue.newBuilder();
        if (value instanceof AttributeValue.StringValue text) {
            out.setStringValue(text.value());
        } else if (value instanceof AttributeValue.LongValue number) {
            out.setIntValue(number.value());
        } else if (value instanceof AttributeValue.BoolValue bool) {
            out.setBoolValue(bool.value());
        } else if (value instanceof AttributeValue.DoubleValue number) {
            out.setDoubleValue(number.value());
        } else if (value instanceof AttributeValue.BytesValue bytes) {
            out.setBytesValue(UnsafeByteOperations.unsafeWrap(bytes.value()));
        } else if (value instanceof AttributeValue.ArrayValue array) {
            ArrayValue.Builder values = ArrayValue.newBuilder();
            array.values().forEach(element -> values.addValues(message(element)));
            out.setArrayValue(values);
        } else if (value instanceof AttributeValue.MapValue map) {
            out.setKvlistValue(list(map.values()));
        }
        return out.build();
    }

    public static KeyValue message(String key, AttributeValue value) {
        return KeyValue.newBuilder().setKey(key).setValue(message(value)).build();
    }

    private static KeyValueList list(Attributes attributes) {
        KeyValueList.Builder out = KeyValueList.newBuilder();
        for (int i = 0; i < attributes.size(); i++) {
            out.addValues(message(attributes.key(i), attributes.value(i)));
        }
        return out.build();
    }
}
