package io.stackhouse.pipeline.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.testing.Traces;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TracesDecoderTest {
    private final Random random = new Random(1);

    @Test
    void keepsAllSpansOfARealisticRequest() {
        ExportTraceServiceRequest request = Traces.realistic(500);

        var decoded = decode(request);

        assertThat(decoded.rejectedSpans()).isZero();
        assertThat(decoded.message()).isEmpty();
        assertThat(decoded.batch().groups()).singleElement().satisfies(group -> {
            assertThat(group.resource().attributes().text("service.name", "")).isEqualTo("orders");
            assertThat(group.spans())
                    .isEqualTo(request.getResourceSpans(0).getScopeSpans(0).getSpansList());
        });
    }

    @Test
    void rejectsSinglyTheSpansWhoseIdsAreInvalid() {
        for (int length : new int[] {0, 8, 15, 17, 32}) {
            assertOnlyTheMiddleIsRejected(span().setTraceId(bytes(length, 1)), "its trace_id has " + length + " bytes");
        }
        for (int length : new int[] {0, 7, 9, 16}) {
            assertOnlyTheMiddleIsRejected(span().setSpanId(bytes(length, 1)), "its span_id has " + length + " bytes");
        }
        assertOnlyTheMiddleIsRejected(span().setTraceId(bytes(16, 0)), "not all of them zero");
        assertOnlyTheMiddleIsRejected(span().setSpanId(bytes(8, 0)), "not all of them zero");
    }

    private void assertOnlyTheMiddleIsRejected(Span.Builder bad, String problem) {
        Span first = span().build();
        Span last = span().build();
        ScopeSpans before = ScopeSpans.newBuilder().addSpans(span()).build();
        ScopeSpans scope = ScopeSpans.newBuilder()
                .addSpans(first)
                .addSpans(bad)
                .addSpans(last)
                .build();

        var decoded = decode(Traces.request(before, scope));

        assertThat(decoded.rejectedSpans()).isEqualTo(1);
        assertThat(decoded.message()).contains("span 2 of the request").contains(problem);
        assertThat(decoded.batch().groups().get(1).spans()).containsExactly(first, last);
        assertThat(decoded.batch().size()).isEqualTo(3);
    }

    @Test
    void takesStringsThatAreGivenByIndexAsEmptyAndWarns() {
        Span span = span().addAttributes(KeyValue.newBuilder()
                        .setKeyStrindex(7)
                        .setValue(AnyValue.newBuilder().setIntValue(1)))
                .addAttributes(KeyValue.newBuilder()
                        .setKey("by index")
                        .setValue(AnyValue.newBuilder().setStringValueStrindex(3)))
                .build();

        var decoded = decode(Traces.repeated(span, 1));

        assertThat(decoded.rejectedSpans()).isZero();
        assertThat(decoded.message()).contains("2 strings").contains("only profiles have");
        var attributes = TracesDecoder.attributes(onlySpan(decoded.batch()).getAttributesList());
        assertThat(attributes.key(0)).isEmpty();
        assertThat(attributes.value(1)).isEqualTo(AttributeValue.empty());
    }

    @Test
    void keepsASpanWhoseTextIsNoUtf8WithQuestionMarksForTheMalformedBytes() {
        byte[] body =
                Traces.repeated(span().setName("bad ~~ é name").build(), 1).toByteArray();
        int at = indexOf(body, "~~");
        body[at] = (byte) 0xff;
        body[at + 1] = (byte) 0xc3;

        var decoded = TracesDecoder.decode(body, 0, MemoryLease.counting());

        assertThat(decoded.message()).contains("no UTF-8");
        assertThat(decoded.rejectedSpans()).isZero();
        assertThat(onlySpan(decoded.batch()).getName()).isEqualTo("bad ?? é name");
        assertThat(body[at]).as("the body belongs to the caller").isEqualTo((byte) 0xff);
    }

    @Test
    void rejectsAttributesNestedDeeperThanProtobufReads() {
        assertThat(decode(nested(47)).rejectedSpans()).isZero();
        for (int levels : new int[] {49, 10_000}) {
            byte[] body = nestedBytes(levels);
            assertThatThrownBy(() -> TracesDecoder.decode(body, 0, MemoryLease.counting()))
                    .isInstanceOf(RejectedException.class)
                    .hasMessageContaining("nested deeper than 100");
        }
    }

    @Test
    void leavesOutUnknownFieldsAndGroups() {
        UnknownFieldSet group = UnknownFieldSet.newBuilder()
                .addField(1, UnknownFieldSet.Field.newBuilder().addVarint(5).build())
                .build();
        Span span = span().build();
        Span extended = span.toBuilder()
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                100,
                                UnknownFieldSet.Field.newBuilder()
                                        .addGroup(group)
                                        .build())
                        .addField(
                                101,
                                UnknownFieldSet.Field.newBuilder().addFixed32(5).build())
                        .build())
                .build();

        var decoded = decode(Traces.repeated(extended, 1));

        assertThat(onlySpan(decoded.batch())).isEqualTo(span);
    }

    @Test
    void rejectsGroupsNestedWithoutEnd() {
        byte[] body = new byte[10_000];
        Arrays.fill(body, (byte) (9 << 3 | WireReader.START_GROUP));

        assertThatThrownBy(() -> TracesDecoder.decode(body, 0, MemoryLease.counting()))
                .isInstanceOf(RejectedException.class)
                .hasMessageContaining("groups nested deeper");
    }

    @Test
    void readsOrRejectsWhateverProtobufJavaAcceptsAfterRandomDamage() {
        long seed = Long.getLong("stackhouse.test.seed", new Random().nextLong());
        Random damage = new Random(seed);
        byte[] whole = Traces.realistic(3).toByteArray();
        for (int round = 0; round < 20_000; round++) {
            byte[] damaged = Arrays.copyOf(whole, 1 + damage.nextInt(whole.length));
            for (int i = damage.nextInt(4); i > 0; i--) {
                damaged[damage.nextInt(damaged.length)] = (byte) damage.nextInt(256);
            }
            assertThat(problem(damaged)).as("seed %d, round %d", seed, round).isEmpty();
        }
    }

    /** Empty when the decoder behaved: what protobuf-java accepts is read with the same number of spans. */
    private static String problem(byte[] body) {
        int spans = -1;
        try {
            spans = ExportTraceServiceRequest.parseFrom(body).getResourceSpansList().stream()
                    .flatMap(resource -> resource.getScopeSpansList().stream())
                    .mapToInt(ScopeSpans::getSpansCount)
                    .sum();
        } catch (InvalidProtocolBufferException e) {
            // Ours may be more forgiving: it mends text.
        }
        try {
            var decoded = TracesDecoder.decode(body, 0, MemoryLease.counting());
            int ours = decoded.batch().size() + decoded.rejectedSpans();
            return spans < 0 || ours == spans ? "" : "ours has " + ours + " spans, protobuf-java " + spans;
        } catch (RejectedException e) {
            return spans < 0 ? "" : "protobuf-java reads it: " + e.getMessage();
        }
    }

    private Span.Builder span() {
        return Traces.span(random);
    }

    private static TracesDecoder.Decoded decode(ExportTraceServiceRequest request) {
        return TracesDecoder.decode(request.toByteArray(), 0, MemoryLease.counting());
    }

    private static Span onlySpan(SpanBatch batch) {
        List<Span> spans = batch.groups().get(0).spans();
        assertThat(spans).hasSize(1);
        return spans.get(0);
    }

    private static ByteString bytes(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return ByteString.copyFrom(bytes);
    }

    private ExportTraceServiceRequest nested(int levels) {
        AnyValue value = AnyValue.newBuilder().setIntValue(1).build();
        for (int i = 0; i < levels; i++) {
            value = AnyValue.newBuilder()
                    .setArrayValue(ArrayValue.newBuilder().addValues(value))
                    .build();
        }
        return Traces.repeated(
                span().addAttributes(KeyValue.newBuilder().setKey("deep").setValue(value))
                        .build(),
                1);
    }

    /** By hand: protobuf-java can't write what is nested so deeply. */
    private static byte[] nestedBytes(int levels) {
        byte[] message = {3 << 3, 1};
        for (int i = 0; i < levels; i++) {
            message = field(5, field(1, message));
        }
        return field(1, field(2, field(2, field(9, field(2, message)))));
    }

    private static byte[] field(int number, byte[] content) {
        WireWriter out = new WireWriter(content.length + 8);
        out.bytesField(number, content);
        return out.toByteArray();
    }

    private static int indexOf(byte[] bytes, String text) {
        return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
    }
}
