package io.stackhouse.pipeline.testing;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.Random;

/** Valid trace requests with every field of theirs, the same for the same seed. One thread. */
public final class RandomTraces {
    private static final double[] DOUBLES = {
        0, -0.0, 1.5, -1e-300, Double.MAX_VALUE, Double.MIN_VALUE, Double.NaN, Double.NEGATIVE_INFINITY, 1e15, 0.1
    };
    private final Random random;

    public RandomTraces(long seed) {
        this(new Random(seed));
    }

    /** What {@code random} says decides. */
    public RandomTraces(Random random) {
        this.random = random;
    }

    public ExportTraceServiceRequest request() {
        ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            Resource.Builder resource = Resource.newBuilder().setDroppedAttributesCount(random.nextInt());
            for (int k = random.nextInt(4); k > 0; k--) {
                resource.addAttributes(attribute(3));
            }
            ResourceSpans.Builder spans =
                    ResourceSpans.newBuilder().setResource(resource).setSchemaUrl(text());
            for (int k = random.nextInt(3); k > 0; k--) {
                spans.addScopeSpans(scope());
            }
            request.addResourceSpans(spans);
        }
        return request.build();
    }

    private ScopeSpans scope() {
        ScopeSpans.Builder scope = ScopeSpans.newBuilder()
                .setSchemaUrl(text())
                .setScope(InstrumentationScope.newBuilder()
                        .setName(text())
                        .setVersion(text())
                        .addAttributes(attribute(1)));
        for (int i = random.nextInt(5); i > 0; i--) {
            scope.addSpans(span());
        }
        return scope.build();
    }

    private Span span() {
        Span.Builder span = Span.newBuilder()
                .setTraceId(bytes(16))
                .setSpanId(bytes(8))
                .setTraceState(text())
                .setFlags(random.nextInt())
                .setName(text())
                .setKindValue(random.nextInt(6))
                .setStartTimeUnixNano(random.nextLong())
                .setEndTimeUnixNano(random.nextLong() >>> random.nextInt(64))
                .setDroppedLinksCount(random.nextInt(3));
        if (random.nextBoolean()) {
            span.setParentSpanId(bytes(8));
        }
        if (random.nextBoolean()) {
            span.setStatus(Status.newBuilder().setCodeValue(random.nextInt(3)).setMessage(text()));
        }
        for (int i = random.nextInt(6); i > 0; i--) {
            span.addAttributes(attribute(2));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            span.addEvents(Span.Event.newBuilder()
                    .setTimeUnixNano(random.nextLong())
                    .setName(text())
                    .addAttributes(attribute(1))
                    .setDroppedAttributesCount(random.nextInt(3)));
            span.addLinks(Span.Link.newBuilder().setTraceId(bytes(16)).setSpanId(bytes(8)));
        }
        return span.build();
    }

    private KeyValue attribute(int depth) {
        return KeyValue.newBuilder().setKey(text()).setValue(value(depth)).build();
    }

    private AnyValue value(int depth) {
        AnyValue.Builder out = AnyValue.newBuilder();
        switch (random.nextInt(depth > 0 ? 8 : 6)) {
            case 0 -> out.setStringValue(text());
            case 1 -> out.setBoolValue(random.nextBoolean());
            case 2 -> out.setIntValue(random.nextLong() >> random.nextInt(64));
            case 3 -> out.setDoubleValue(DOUBLES[random.nextInt(DOUBLES.length)]);
            case 4 -> out.setBytesValue(bytes(random.nextInt(300)));
            case 6 -> {
                KeyValueList.Builder map = KeyValueList.newBuilder();
                for (int i = random.nextInt(4); i > 0; i--) {
                    map.addValues(attribute(depth - 1));
                }
                out.setKvlistValue(map);
            }
            case 7 -> {
                ArrayValue.Builder array = ArrayValue.newBuilder();
                for (int i = random.nextInt(4); i > 0; i--) {
                    array.addValues(value(depth - 1));
                }
                out.setArrayValue(array);
            }
            default -> {
                // The value that isn't set.
            }
        }
        return out.build();
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(random.nextInt(8) == 0 ? 300 : 12); i > 0; i--) {
            switch (random.nextInt(8)) {
                case 0 -> text.append("\"\\/\b\f\n\r\t\u0000\u001f".charAt(random.nextInt(10)));
                case 1 -> text.appendCodePoint(0x1f600 + random.nextInt(64));
                case 2 -> text.append((char) (0x80 + random.nextInt(0x4000)));
                default -> text.append((char) ('a' + random.nextInt(26)));
            }
        }
        return text.toString();
    }

    private ByteString bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }
}
