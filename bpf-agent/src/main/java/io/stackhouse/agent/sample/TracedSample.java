package io.stackhouse.agent.sample;

import java.nio.ByteBuffer;

/**
 * One sample with the context that its thread had published, or a sleep that may be without one: which stack it was by the stack's hash, whose body came before, and what the thread worked for. A reused
 * object: its source fills it anew for each record, so a consumer copies what it keeps. One thread.
 */
public final class TracedSample {
    public static final int TRACE_ID_BYTES = 16;
    public static final int SPAN_ID_BYTES = 8;

    private final byte[] traceId = new byte[TRACE_ID_BYTES];
    private final byte[] spanId = new byte[SPAN_ID_BYTES];
    private final byte[] attributes = new byte[RecordLayout.MAX_TRACED_ATTRIBUTES];
    private int flags;
    private int attributeBytes;
    private long hash;
    private int tgid;
    private int tid;
    private long boottimeNanos;
    private long value;
    private double chance;

    /** Of the stack; {@link RawStack#hash()}. */
    public long hash() {
        return hash;
    }

    /** Process id in the initial PID namespace. */
    public int tgid() {
        return tgid;
    }

    /** Thread id in the initial PID namespace. */
    public int tid() {
        return tid;
    }

    /** What it was taken for. */
    public Event event() {
        return Event.of(flags >>> RecordLayout.EVENT_SHIFT);
    }

    /** How many periods of the event it stands for: 1, or the nanoseconds of a sleep divided by the chance with which it was drawn. */
    public long value() {
        return value;
    }

    /** With which chance it was drawn; 1 for what is no sleep. */
    double chance() {
        return chance;
    }

    /** When the sample was taken, or the sleep ended. */
    public long boottimeNanos() {
        return boottimeNanos;
    }

    /** Whether there is a span that was sampled; else there are attributes alone. */
    public boolean hasSpan() {
        return (flags & RecordLayout.TRACED_LINK) != 0;
    }

    /** All zero without a span. */
    public byte[] traceId() {
        return traceId;
    }

    /** All zero without a span. */
    public byte[] spanId() {
        return spanId;
    }

    /** {@code {u8 key, u8 length, text}} in a row, as the thread wrote them; only the first {@link #attributeBytes()} count. */
    public byte[] attributes() {
        return attributes;
    }

    public int attributeBytes() {
        return attributeBytes;
    }

    /** The same for a sleep ({@code struct sleep_record}). */
    boolean readSleep(ByteBuffer from, int offset, int bytes) {
        int before = RecordLayout.SLEEP_SAMPLE;
        if (bytes < before || !read(from, offset + before, bytes - before)) {
            return false;
        }
        long odds = from.getLong(offset + RecordLayout.SLEEP_ODDS);
        long nanos = from.getLong(offset + RecordLayout.SLEEP_DURATION);
        if (odds < 1 || odds > SleepDraw.CERTAIN || nanos < 0) {
            return false;
        }
        chance = (double) odds / SleepDraw.CERTAIN;
        value = odds == SleepDraw.CERTAIN ? nanos : Math.round(nanos / chance);
        return true;
    }

    /** False if the record's lengths contradict each other; then the object's content is undefined. */
    boolean read(ByteBuffer from, int offset, int bytes) {
        if (bytes < RecordLayout.TRACED_ATTRIBUTES) {
            return false;
        }
        attributeBytes = from.getShort(offset + RecordLayout.TRACED_ATTRIBUTE_BYTES);
        boolean fits = attributeBytes >= 0
                && attributeBytes <= RecordLayout.MAX_TRACED_ATTRIBUTES
                && bytes == RecordLayout.TRACED_ATTRIBUTES + attributeBytes;
        if (!fits) {
            return false;
        }
        flags = from.getShort(offset + RecordLayout.TRACED_FLAGS);
        value = 1;
        chance = 1;
        hash = from.getLong(offset + RecordLayout.TRACED_HASH);
        tgid = from.getInt(offset + RecordLayout.TRACED_TGID);
        tid = from.getInt(offset + RecordLayout.TRACED_TID);
        boottimeNanos = from.getLong(offset + RecordLayout.TRACED_BOOTTIME);
        from.get(offset + RecordLayout.TRACED_TRACE_ID, traceId, 0, TRACE_ID_BYTES);
        from.get(offset + RecordLayout.TRACED_SPAN_ID, spanId, 0, SPAN_ID_BYTES);
        from.get(offset + RecordLayout.TRACED_ATTRIBUTES, attributes, 0, attributeBytes);
        return Event.isCode(flags >>> RecordLayout.EVENT_SHIFT);
    }
}
