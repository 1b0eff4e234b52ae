package io.stackhouse.pipeline.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.EntityRef;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.memory.DecodeMemory;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.testing.LiveMemory;
import io.stackhouse.pipeline.testing.Traces;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TraceMemoryTest {
    private static final int COUNT = 20_000;

    /** What the histogram counts of the JVM's own doings between two readings. */
    private static final long NOISE_BYTES = 200_000;

    record Shape(String name, ExportTraceServiceRequest request) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Shape> shapes() {
        return Stream.concat(adversarialShapes(), realisticShapes());
    }

    static Stream<Shape> realisticShapes() {
        Span.Builder dense = Traces.span(new Random(1));
        for (int i = 0; i < 8; i++) {
            dense.addAttributes(Traces.number("a" + i, i));
        }
        return Stream.of(
                new Shape("spans of a server", Traces.realistic(COUNT / 5)),
                new Shape("many resources", manyResources()),
                new Shape(
                        "bare spans", Traces.repeated(Traces.span(new Random(1)).build(), COUNT)),
                new Shape("spans with eight small numbers", Traces.repeated(dense.build(), COUNT / 5)));
    }

    private static ExportTraceServiceRequest manyResources() {
        Resource.Builder resource = Resource.newBuilder();
        for (int i = 0; i < 15; i++) {
            resource.addAttributes(Traces.text("k8s.some.attribute." + i, "the-value-" + i));
        }
        return ExportTraceServiceRequest.newBuilder()
                .addAllResourceSpans(Collections.nCopies(
                        COUNT / 20,
                        ResourceSpans.newBuilder()
                                .setResource(resource)
                                .addScopeSpans(ScopeSpans.newBuilder().addSpans(Traces.span(new Random(1))))
                                .build()))
                .build();
    }

    static Stream<Shape> adversarialShapes() {
        Span empty = Span.getDefaultInstance();
        KeyValue pair = KeyValue.getDefaultInstance();
        Resource resource = Resource.newBuilder().addAttributes(pair).build();
        return Stream.of(
                new Shape("empty spans", Traces.repeated(empty, COUNT)),
                new Shape("empty events", one(times(Span.newBuilder(), Span.Event.getDefaultInstance()))),
                new Shape("empty links", one(times(Span.newBuilder(), Span.Link.getDefaultInstance()))),
                new Shape("empty attributes", one(Span.newBuilder().addAllAttributes(times(pair)))),
                new Shape(
                        "each thing once per span",
                        Traces.repeated(
                                Span.newBuilder()
                                        .addAttributes(pair)
                                        .addEvents(Span.Event.newBuilder().addAttributes(pair))
                                        .addLinks(Span.Link.newBuilder().addAttributes(pair))
                                        .setStatus(Status.newBuilder().setMessage("é€"))
                                        .setTraceId(ByteString.copyFromUtf8("a"))
                                        .build(),
                                COUNT)),
                new Shape("empty values", array(times(AnyValue.getDefaultInstance()))),
                new Shape(
                        "numbers",
                        array(times(AnyValue.newBuilder().setIntValue(1000).build()))),
                new Shape(
                        "short texts",
                        array(times(AnyValue.newBuilder().setStringValue("€").build()))),
                new Shape(
                        "maps of one",
                        array(times(AnyValue.newBuilder()
                                .setKvlistValue(KeyValueList.newBuilder().addValues(pair))
                                .build()))),
                new Shape(
                        "arrays of one",
                        array(times(AnyValue.newBuilder()
                                .setArrayValue(ArrayValue.newBuilder().addValues(AnyValue.getDefaultInstance()))
                                .build()))),
                new Shape(
                        "scopes",
                        Traces.request(Collections.nCopies(
                                        COUNT,
                                        ScopeSpans.newBuilder()
                                                .setScope(InstrumentationScope.newBuilder()
                                                        .setName("n")
                                                        .addAttributes(pair))
                                                .build())
                                .toArray(ScopeSpans[]::new))),
                new Shape(
                        "a resource of empty arrays and maps",
                        ExportTraceServiceRequest.newBuilder()
                                .addResourceSpans(ResourceSpans.newBuilder()
                                        .addScopeSpans(ScopeSpans.getDefaultInstance())
                                        .setResource(Resource.newBuilder()
                                                .addAttributes(
                                                        KeyValue.newBuilder().setValue(nestedValues()))))
                                .build()),
                new Shape(
                        "empty resources",
                        ExportTraceServiceRequest.newBuilder()
                                .addAllResourceSpans(times(ResourceSpans.newBuilder()
                                        .addScopeSpans(ScopeSpans.getDefaultInstance())
                                        .build()))
                                .build()),
                new Shape(
                        "resources with an attribute and an entity",
                        ExportTraceServiceRequest.newBuilder()
                                .addAllResourceSpans(times(ResourceSpans.newBuilder()
                                        .addScopeSpans(ScopeSpans.getDefaultInstance())
                                        .setResource(resource.toBuilder()
                                                .addEntityRefs(EntityRef.newBuilder()
                                                        .setType("t")
                                                        .addIdKeys("k")
                                                        .addDescriptionKeys("d")))
                                        .build()))
                                .build()));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void takesAtLeastWhatTheObjectsNeedAndNotTwiceAsMuch(Shape shape) throws IOException {
        byte[] body = shape.request().toByteArray();
        DecodeMemory memory = DecodeMemory.unbounded();
        TraceWalk.takeMemory(body, memory);
        // Once before, so that what only the first run needs is there.
        Objects first = new Objects(body);
        first.clear();

        long before = LiveMemory.bytes();
        Objects objects = new Objects(body);
        long live = LiveMemory.bytes() - before;

        System.out.printf(
                "%s: body %d, objects %d (%.1f times), taken %d (%.2f times the objects), allocated %d%n",
                shape,
                body.length,
                live,
                (double) live / body.length,
                memory.heldBytes(),
                (double) memory.heldBytes() / live,
                objects.allocatedBytes);
        assertThat(objects.decoded).isNotNull();
        assertThat(memory.heldBytes()).isBetween(live - NOISE_BYTES, 2 * live + NOISE_BYTES);
    }

    /** All that decoding makes of a body without regard to its size, kept. */
    private static final class Objects {
        private static final com.sun.management.ThreadMXBean THREADS =
                (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

        private @Nullable ExportTraceServiceRequest request;
        private TracesDecoder.@Nullable Decoded decoded;
        private final long allocatedBytes;

        Objects(byte[] body) throws IOException {
            long thread = Thread.currentThread().getId();
            long before = THREADS.getThreadAllocatedBytes(thread);
            request = ExportTraceServiceRequest.parseFrom(body);
            TracesDecoder decoder = new TracesDecoder();
            decoder.add(request);
            decoded = decoder.decoded(0);
            allocatedBytes = THREADS.getThreadAllocatedBytes(thread) - before;
        }

        void clear() {
            request = null;
            decoded = null;
        }
    }

    @ParameterizedTest
    @MethodSource("realisticShapes")
    void acceptsRealisticRequests(Shape shape) {
        byte[] body = shape.request().toByteArray();
        MemoryLease lease = MemoryLease.counting();

        var decoded = TracesDecoder.decode(body, 0, lease);

        assertThat(decoded.rejectedSpans()).isZero();
        assertThat(decoded.batch().size()).isPositive();
        assertThat(lease.bytes()).isPositive().isLessThan(15L * body.length + DecodeMemory.CONSTANT_BYTES);
    }

    @ParameterizedTest
    @MethodSource("adversarialShapes")
    void rejectsOrStaysBelowTheBound(Shape shape) {
        byte[] body = shape.request().toByteArray();
        MemoryLease lease = MemoryLease.counting();
        try {
            TracesDecoder.decode(body, 0, lease);
        } catch (RejectedException e) {
            assertThat(e).hasMessageContaining("16 times");
        }
        assertThat(lease.bytes()).isLessThanOrEqualTo(15L * body.length + DecodeMemory.CONSTANT_BYTES);
    }

    @Test
    void rejectsAMillionEmptySpansBeforeAnyIsMade() {
        byte[] body = Traces.repeated(Span.getDefaultInstance(), 1_000_000).toByteArray();

        assertThatThrownBy(() -> TracesDecoder.decode(body, 0, MemoryLease.counting()))
                .isInstanceOf(RejectedException.class)
                .hasMessageContaining("memory");
    }

    /** An array of maps of one pair, arrays of one number, and bytes. */
    private static AnyValue nestedValues() {
        AnyValue map = AnyValue.newBuilder()
                .setKvlistValue(KeyValueList.newBuilder().addValues(Traces.number("k", 1000)))
                .build();
        AnyValue list = AnyValue.newBuilder()
                .setArrayValue(
                        ArrayValue.newBuilder().addValues(AnyValue.newBuilder().setIntValue(1000)))
                .build();
        AnyValue bytes = AnyValue.newBuilder()
                .setBytesValue(ByteString.copyFromUtf8("abc"))
                .build();
        return AnyValue.newBuilder()
                .setArrayValue(ArrayValue.newBuilder()
                        .addAllValues(times(map))
                        .addAllValues(times(list))
                        .addAllValues(times(bytes)))
                .build();
    }

    private static <T> List<T> times(T element) {
        return Collections.nCopies(COUNT, element);
    }

    private static Span.Builder times(Span.Builder span, Span.Event event) {
        return span.addAllEvents(times(event));
    }

    private static Span.Builder times(Span.Builder span, Span.Link link) {
        return span.addAllLinks(times(link));
    }

    private static ExportTraceServiceRequest one(Span.Builder span) {
        return Traces.request(ScopeSpans.newBuilder().addSpans(span).build());
    }

    private static ExportTraceServiceRequest array(List<AnyValue> values) {
        return one(Span.newBuilder()
                .addAttributes(KeyValue.newBuilder()
                        .setValue(AnyValue.newBuilder()
                                .setArrayValue(ArrayValue.newBuilder().addAllValues(values)))));
    }
}
