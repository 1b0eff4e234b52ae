package io.stackhouse.agent.context;

import static io.stackhouse.agent.context.Payloads.attribute;
import static io.stackhouse.agent.context.Payloads.list;
import static io.stackhouse.agent.context.Payloads.nested;
import static io.stackhouse.agent.context.Payloads.payload;
import static io.stackhouse.agent.context.Payloads.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.stackhouse.agent.process.EncodedValue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessContextDecoderTest {
    @Test
    void readsValuesOfAllKindsInTheirOrder() throws Exception {
        ProcessContext context = ProcessContextDecoder.decode(Payloads.usual());

        assertThat(context.resource().keySet())
                .containsExactly(
                        "service.name",
                        "process.runtime.size",
                        "is.new",
                        "share",
                        "process.command_args",
                        "a.map",
                        "some.bytes");
        assertThat(context.resource())
                .containsEntry("service.name", "checkout")
                .containsEntry("process.runtime.size", -7L)
                .containsEntry("is.new", true);
        assertThat(AnyValue.parseFrom(encoded(context, "share")).getDoubleValue())
                .isEqualTo(0.25);
        assertThat(AnyValue.parseFrom(encoded(context, "process.command_args")))
                .isEqualTo(list("java", "-jar", "ü.jar"));
        assertThat(context.hasThreadVariable()).isTrue();
        assertThat(context.threadKeys()).containsExactly("http.route", "user.tier");
    }

    @Test
    void knowsTheFinalNameOfTheSchemaAndNoOther() throws Exception {
        assertThat(withSchema("tls_v1").hasThreadVariable()).isTrue();
        assertThat(withSchema("go_pprof_labels_v1").hasThreadVariable()).isFalse();
        assertThat(ProcessContextDecoder.decode(new byte[0]).hasThreadVariable())
                .isFalse();
    }

    @Test
    void takesTheLastOfEqualKeysAndKeepsTheIndexOfANameThatIsNoText() throws Exception {
        Resource twice = Resource.newBuilder()
                .addAttributes(attribute("service.name", text("first")))
                .addAttributes(attribute("service.name", text("second")))
                .addAttributes(attribute("empty", AnyValue.getDefaultInstance()))
                .build();
        AnyValue names = AnyValue.newBuilder()
                .setArrayValue(ArrayValue.newBuilder()
                        .addValues(AnyValue.newBuilder().setIntValue(1))
                        .addValues(text("b")))
                .build();

        ProcessContext context = ProcessContextDecoder.decode(
                payload(twice, List.of(attribute("threadlocal.attribute_key_map", names))));

        assertThat(context.resource()).containsOnlyKeys("service.name").containsEntry("service.name", "second");
        assertThat(context.threadKeys()).containsExactly("", "b");
    }

    @Test
    void refusesWhatIsCutOffAnywhereInAMessage() {
        byte[] whole = Payloads.usual();
        int refused = 0;
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            try {
                assertThat(ProcessContextDecoder.decode(cut)).isNotNull();
            } catch (ContextFormatException e) {
                refused++;
            }
        }
        // Only between the four fields of the outermost message a cut is not seen.
        assertThat(refused).isEqualTo(whole.length - 4);
    }

    @Test
    void refusesWhatIsTooDeepTooManyTooLongOrNoUtf8() {
        assertRefused(resource(attribute("deep", nested(9))), "nested deeper than 8");
        assertThat(decode(resource(attribute("deep", nested(8))))).isNotNull();
        Resource.Builder many = Resource.newBuilder();
        for (int i = 0; i <= ProcessContextDecoder.MAX_ATTRIBUTES; i++) {
            many.addAttributes(attribute("key" + i, text("v")));
        }
        assertRefused(payload(many.build(), List.of()), "more than 256 attributes");
        String[] names = new String[ProcessContextDecoder.MAX_KEYS + 1];
        Arrays.fill(names, "n");
        assertRefused(
                payload(
                        Resource.getDefaultInstance(),
                        List.of(attribute("threadlocal.attribute_key_map", list(names)))),
                "more than 256 keys");
        assertRefused(resource(attribute("k".repeat(256), text("v"))), "more than 255 bytes");
        byte[] damaged = resource(attribute("key", text("ABCDEF")));
        damaged[
                ByteString.copyFrom(damaged)
                        .toString(StandardCharsets.ISO_8859_1)
                        .indexOf("ABCDEF")] = (byte) 0xff;
        assertRefused(damaged, "not UTF-8");
    }

    private static ProcessContext withSchema(String name) {
        return decode(
                payload(Resource.getDefaultInstance(), List.of(attribute("threadlocal.schema_version", text(name)))));
    }

    private static ProcessContext decode(byte[] payload) {
        try {
            return ProcessContextDecoder.decode(payload);
        } catch (ContextFormatException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] resource(KeyValue attribute) {
        return payload(Resource.newBuilder().addAttributes(attribute).build(), List.of());
    }

    private static byte[] encoded(ProcessContext context, String key) {
        return ((EncodedValue) context.resource().get(key)).anyValue();
    }

    private static void assertRefused(byte[] payload, String message) {
        assertThatThrownBy(() -> ProcessContextDecoder.decode(payload))
                .isInstanceOf(ContextFormatException.class)
                .hasMessageContaining(message);
    }
}
