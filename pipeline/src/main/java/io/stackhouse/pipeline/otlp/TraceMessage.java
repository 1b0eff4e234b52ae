package io.stackhouse.pipeline.otlp;

import org.jspecify.annotations.Nullable;

/**
 * The messages of a trace request (opentelemetry.proto.collector.trace.v1 and what it contains): which of their fields are
 * messages, text or bytes, and what protobuf-java's object of each takes.
 *
 * <p>Sizes are those of HotSpot with compressed pointers, rounded up; TraceMemoryTest compares them with real objects.
 */
final class TraceMessage {
    static final TraceMessage REQUEST = new TraceMessage(40, 0);
    static final TraceMessage RESOURCE_SPANS = new TraceMessage(168, 0);
    static final TraceMessage RESOURCE = new TraceMessage(48, 0);
    static final TraceMessage ENTITY_REF = new TraceMessage(80, 0);
    static final TraceMessage SCOPE_SPANS = new TraceMessage(288, 0);
    static final TraceMessage SCOPE = new TraceMessage(56, 0);
    static final TraceMessage SPAN = new TraceMessage(104, 0);
    static final TraceMessage EVENT = new TraceMessage(56, 0);
    static final TraceMessage LINK = new TraceMessage(56, 0);
    static final TraceMessage STATUS = new TraceMessage(40, 0);
    static final TraceMessage KEY_VALUE = new TraceMessage(48, 32);
    static final TraceMessage ANY_VALUE = new TraceMessage(40, 32);
    static final TraceMessage ARRAY = new TraceMessage(32, 96);
    static final TraceMessage MAP = new TraceMessage(32, 192);

    static {
        REQUEST.repeats(1, RESOURCE_SPANS);
        RESOURCE_SPANS.holds(1, RESOURCE).repeats(2, SCOPE_SPANS).texts(3);
        RESOURCE.repeats(1, KEY_VALUE).repeats(3, ENTITY_REF);
        ENTITY_REF.texts(1, 2, 3, 4).repeats(3, 4);
        SCOPE_SPANS.holds(1, SCOPE).repeats(2, SPAN).texts(3);
        SCOPE.repeats(3, KEY_VALUE).texts(1, 2);
        SPAN.repeats(9, KEY_VALUE).repeats(11, EVENT).repeats(13, LINK).holds(15, STATUS);
        SPAN.texts(3, 5).bytes(1, 2, 4);
        EVENT.repeats(3, KEY_VALUE).texts(2);
        LINK.repeats(4, KEY_VALUE).texts(3).bytes(1, 2);
        STATUS.texts(2);
        KEY_VALUE.holds(2, ANY_VALUE).texts(1);
        ANY_VALUE.holds(5, ARRAY).holds(6, MAP).texts(1).bytes(7);
        ARRAY.repeats(1, ANY_VALUE);
        MAP.repeats(1, KEY_VALUE);
    }

    private static final int MAX_FIELD = 15;

    /** What protobuf-java's object takes, and what our batch adds for each. */
    final int objectBytes;

    /** What the same takes once more where a resource's or scope's attributes are converted to ours; texts are shared. */
    final int convertedBytes;

    private final @Nullable TraceMessage[] messages = new TraceMessage[MAX_FIELD + 1];
    private int texts;
    private int bytes;
    private int lists;

    private TraceMessage(int objectBytes, int convertedBytes) {
        this.objectBytes = objectBytes;
        this.convertedBytes = convertedBytes;
    }

    /** The message in a field, or null when the field holds none. */
    @Nullable
    TraceMessage message(int field) {
        return field <= MAX_FIELD ? messages[field] : null;
    }

    boolean isText(int field) {
        return field <= MAX_FIELD && (texts >> field & 1) != 0;
    }

    boolean isBytes(int field) {
        return field <= MAX_FIELD && (bytes >> field & 1) != 0;
    }

    /** Of a field that holds messages or text: whether it is repeated. */
    boolean isList(int field) {
        return (lists >> field & 1) != 0;
    }

    private TraceMessage holds(int field, TraceMessage message) {
        messages[field] = message;
        return this;
    }

    private TraceMessage repeats(int field, TraceMessage message) {
        return holds(field, message).repeats(field);
    }

    private TraceMessage repeats(int... fields) {
        lists |= bits(fields);
        return this;
    }

    private TraceMessage texts(int... fields) {
        texts |= bits(fields);
        return this;
    }

    private TraceMessage bytes(int... fields) {
        bytes |= bits(fields);
        return this;
    }

    private static int bits(int... fields) {
        int bits = 0;
        for (int field : fields) {
            bits |= 1 << field;
        }
        return bits;
    }
}
