package io.stackhouse.threadcontext;

import io.opentelemetry.api.trace.SpanContext;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A thread's record as readers outside see it (OTEP 4947, "Thread-Local Context Record"), changed in place:
 *
 * <pre>
 *      0  trace id, 16 bytes      24  valid: 1, or the record says nothing
 *     16  span id, 8 bytes        25  trace flags
 *                                 26  size of attributes, 2 bytes, native order
 *                                 28  attributes: {key 1 byte, length 1 byte, value}...
 *                                632  who wrote last, 8 bytes, not for readers
 * </pre>
 *
 * <p>What is in the record already is not written again: a thread comes back to the same trace, span and attributes all the time. Another class
 * loader's object may have written in between; then the last field is not this object's, and nothing is known of the rest.
 *
 * <p><b>Threads:</b> written by its own thread alone. Readers interrupt that thread, so the order of stores in its program is all that counts.
 * The memory is the native part's; it is valid until the thread ends.
 */
final class ThreadRecord {
    static final int SIZE = 640;
    static final int ATTRIBUTES = 28;
    static final int VALID = 24;
    static final int FLAGS = 25;
    static final int ATTRIBUTES_SIZE = 26;
    static final int WRITER = 632;

    private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private final Thread owner = Thread.currentThread();
    private final AtomicInteger scratch = new AtomicInteger();
    private final long writer = ThreadLocalRandom.current().nextLong() | 1;
    private final ByteBuffer bytes;
    private boolean visible;
    private @Nullable String traceId;
    private @Nullable String spanId;
    private EncodedAttributes attributes = EncodedAttributes.NONE;

    /** Over the memory of the current thread's record, which may hold what an earlier object of this class wrote. */
    ThreadRecord(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    boolean isOfCurrentThread() {
        return owner == Thread.currentThread();
    }

    /** Whether what is shown belongs to this trace. */
    boolean shows(SpanContext span) {
        return visible && span.getTraceId().equals(traceId);
    }

    /** The attributes that are shown, or were before {@link #hide}. */
    EncodedAttributes attributes() {
        return attributes;
    }

    boolean isVisible() {
        return visible;
    }

    /** Shows a valid span and its attributes. */
    void show(SpanContext span, EncodedAttributes shown) {
        bytes.put(VALID, (byte) 0);
        Jvm.storeStoreFence(scratch);
        if (bytes.getLong(WRITER) != writer) {
            takeOver();
        }
        putTraceId(span.getTraceId());
        putSpanId(span.getSpanId());
        bytes.put(FLAGS, span.getTraceFlags().asByte());
        putAttributes(shown);
        Jvm.storeStoreFence(scratch);
        bytes.put(VALID, (byte) 1);
        visible = true;
    }

    /** Shows other attributes of the span that is shown. */
    void show(EncodedAttributes shown) {
        if (bytes.getLong(WRITER) != writer) {
            return; // what is shown is another's
        }
        bytes.put(VALID, (byte) 0);
        Jvm.storeStoreFence(scratch);
        putAttributes(shown);
        Jvm.storeStoreFence(scratch);
        bytes.put(VALID, (byte) 1);
    }

    /** Shows nothing. */
    void hide() {
        bytes.put(VALID, (byte) 0);
        visible = false;
    }

    private void takeOver() {
        bytes.putLong(WRITER, writer);
        bytes.putShort(ATTRIBUTES_SIZE, (short) 0);
        traceId = null;
        spanId = null;
        attributes = EncodedAttributes.NONE;
    }

    /** Spans of a trace share the string of its id; where they don't, it is decoded again, which costs what comparing would. */
    @SuppressWarnings("ReferenceEquality")
    private void putTraceId(String id) {
        if (id != traceId) {
            bytes.putLong(0, Hex.toLong(id, 0));
            bytes.putLong(8, Hex.toLong(id, 16));
            traceId = id;
        }
    }

    @SuppressWarnings("ReferenceEquality")
    private void putSpanId(String id) {
        if (id != spanId) {
            bytes.putLong(16, Hex.toLong(id, 0));
            spanId = id;
        }
    }

    private void putAttributes(EncodedAttributes shown) {
        if (shown != attributes) {
            byte[] encoded = shown.encoded();
            bytes.position(ATTRIBUTES);
            bytes.put(encoded);
            short size = (short) encoded.length;
            bytes.putShort(ATTRIBUTES_SIZE, LITTLE_ENDIAN ? Short.reverseBytes(size) : size);
            attributes = shown;
        }
    }
}
