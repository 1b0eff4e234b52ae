package io.stackhouse.threadcontext;

import io.opentelemetry.api.trace.SpanContext;
import java.nio.ByteBuffer;
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
 * <p>Attributes that are in the record already are not written again: a thread's spans mostly have the same. An object of another class loader may
 * have written in between; then the last field is not this object's, and nothing is known of the rest.
 *
 * <p><b>Threads:</b> written by its own thread alone. Readers interrupt that thread, so the order of stores in its program is all that counts.
 * The memory is the native part's; it is valid until the thread ends.
 */
final class ThreadRecord {
    static final int SIZE = 640;
    static final int VALID = 24;
    static final int FLAGS = 25;
    static final int ATTRIBUTES_SIZE = 26;
    static final int ATTRIBUTES = 28;
    static final int WRITER = 632;

    private static final int SPAN = 16;
    private static final int VALID_BIT = 1 << 24;

    private final Thread owner = Thread.currentThread();
    private final AtomicInteger scratch = new AtomicInteger();
    private final Hex hex = new Hex();
    private final long writer = ThreadLocalRandom.current().nextLong() | 1;
    private final ByteBuffer bytes;

    /* What this object wrote last; reading it from the buffer would cost more. */
    private boolean isVisible;
    private long traceHigh;
    private long traceLow;
    private long span;
    private byte flags;
    private EncodedAttributes attributes = EncodedAttributes.NONE;

    private @Nullable SpanContext decoded;
    private @Nullable String decodedTraceId;
    private long decodedTraceHigh;
    private long decodedTraceLow;
    private long decodedSpan;
    private byte decodedFlags;

    /** Over the memory of the current thread's record, which may hold what an earlier object of this class wrote. */
    ThreadRecord(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    boolean isOfCurrentThread() {
        return owner == Thread.currentThread();
    }

    /** Whether this object shows something. */
    boolean isVisible() {
        return isVisible;
    }

    /** The attributes that this object shows, or showed last. */
    EncodedAttributes attributes() {
        return attributes;
    }

    /** Keeps ids and flags for the next two methods; false when the ids have not the length of ids. Changes nothing that is shown. */
    @SuppressWarnings("ReferenceEquality") // spans of a trace share the string; where they don't, it is decoded again
    boolean decode(SpanContext id) {
        if (id == decoded) {
            return true;
        }
        String traceId = id.getTraceId();
        String spanId = id.getSpanId();
        if (traceId.length() != Hex.TRACE_DIGITS || spanId.length() != Hex.SPAN_DIGITS) {
            return false;
        }
        if (traceId != decodedTraceId) {
            hex.take(traceId, Hex.TRACE_DIGITS);
            decodedTraceHigh = hex.number(0);
            decodedTraceLow = hex.number(Hex.SPAN_DIGITS);
            decodedTraceId = traceId;
        }
        hex.take(spanId, Hex.SPAN_DIGITS);
        decodedSpan = hex.number(0);
        decodedFlags = id.getTraceFlags().asByte();
        decoded = id;
        return true;
    }

    /** Whether the decoded span is of the trace that is shown. */
    boolean showsDecodedTrace() {
        return isVisible && traceLow == decodedTraceLow && traceHigh == decodedTraceHigh;
    }

    /** Shows the decoded span. */
    void showDecoded(EncodedAttributes shown) {
        show(decodedTraceHigh, decodedTraceLow, decodedSpan, decodedFlags, shown);
    }

    /** Shows a valid span and its attributes. Valid, flags and size are one store, the last. */
    void show(long high, long low, long spanId, byte traceFlags, EncodedAttributes shown) {
        boolean isOurs = bytes.getLong(WRITER) == writer;
        if (isVisible || !isOurs) {
            bytes.put(VALID, (byte) 0);
            Jvm.storeStoreFence(scratch);
        }
        if (!isOurs) {
            takeOver();
        }
        bytes.putLong(0, high);
        bytes.putLong(Long.BYTES, low);
        bytes.putLong(SPAN, spanId);
        if (shown != attributes) {
            bytes.position(ATTRIBUTES);
            bytes.put(shown.encoded());
            attributes = shown;
        }
        Jvm.storeStoreFence(scratch);
        bytes.putInt(VALID, VALID_BIT | (traceFlags & 0xff) << 16 | shown.sizeBits());
        traceHigh = high;
        traceLow = low;
        span = spanId;
        flags = traceFlags;
        isVisible = true;
    }

    /** Shows other attributes of the span that is shown; does nothing if none is, or another class loader's. */
    void show(EncodedAttributes shown) {
        if (isVisible && bytes.getLong(WRITER) == writer) {
            show(traceHigh, traceLow, span, flags, shown);
        }
    }

    /** Shows nothing. */
    void hide() {
        bytes.put(VALID, (byte) 0);
        isVisible = false;
    }

    private void takeOver() {
        bytes.putLong(WRITER, writer);
        attributes = EncodedAttributes.NONE;
    }
}
