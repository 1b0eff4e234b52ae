package io.stackhouse.agent.context;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.ArrayList;
import java.util.List;

/** Process contexts as protobuf-java writes them. */
final class Payloads {
    private Payloads() {}

    static AnyValue text(String value) {
        return AnyValue.newBuilder().setStringValue(value).build();
    }

    static KeyValue attribute(String key, AnyValue value) {
        return KeyValue.newBuilder().setKey(key).setValue(value).build();
    }

    static AnyValue list(String... values) {
        ArrayValue.Builder list = ArrayValue.newBuilder();
        for (String value : values) {
            list.addValues(text(value));
        }
        return AnyValue.newBuilder().setArrayValue(list).build();
    }

    /** Lists in lists. */
    static AnyValue nested(int depth) {
        AnyValue value = text("innermost");
        for (int i = 0; i < depth; i++) {
            value = AnyValue.newBuilder()
                    .setArrayValue(ArrayValue.newBuilder().addValues(value))
                    .build();
        }
        return value;
    }

    /** ProcessContext has no class in every release of the protocol's jar: its two fields are written as what they are. */
    static byte[] payload(Resource resource, List<KeyValue> attributes) {
        UnknownFieldSet.Builder message = UnknownFieldSet.newBuilder()
                .mergeField(
                        1,
                        UnknownFieldSet.Field.newBuilder()
                                .addLengthDelimited(resource.toByteString())
                                .build());
        List<ByteString> encoded = new ArrayList<>();
        attributes.forEach(attribute -> encoded.add(attribute.toByteString()));
        UnknownFieldSet.Field.Builder field = UnknownFieldSet.Field.newBuilder();
        encoded.forEach(field::addLengthDelimited);
        return message.mergeField(2, field.build()).build().toByteArray();
    }

    /** One of each kind of value, and what threads need. */
    static byte[] usual() {
        Resource resource = Resource.newBuilder()
                .addAttributes(attribute("service.name", text("checkout")))
                .addAttributes(attribute(
                        "process.runtime.size",
                        AnyValue.newBuilder().setIntValue(-7).build()))
                .addAttributes(attribute(
                        "is.new", AnyValue.newBuilder().setBoolValue(true).build()))
                .addAttributes(attribute(
                        "share", AnyValue.newBuilder().setDoubleValue(0.25).build()))
                .addAttributes(attribute("process.command_args", list("java", "-jar", "ü.jar")))
                .addAttributes(attribute(
                        "a.map",
                        AnyValue.newBuilder()
                                .setKvlistValue(KeyValueList.newBuilder().addValues(attribute("k", text("v"))))
                                .build()))
                .addAttributes(attribute(
                        "some.bytes",
                        AnyValue.newBuilder()
                                .setBytesValue(ByteString.copyFrom(new byte[] {1, 2, -1}))
                                .build()))
                .build();
        return payload(
                resource,
                List.of(
                        attribute("threadlocal.schema_version", text("tlsdesc_v1_dev")),
                        attribute("threadlocal.attribute_key_map", list("http.route", "user.tier")),
                        attribute("other", nested(3))));
    }
}
