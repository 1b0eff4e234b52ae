package io.stackhouse.agent.interval;

import io.stackhouse.agent.sample.TracedSample;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What a thread worked for: a span, or none, and attributes as it wrote them. Immutable; equal by content. Threads: any.
 *
 * <p>Attributes are {@code {u8 key, u8 length, text}} in a row. A last one that is cut off is left out; of a key that comes twice the last text counts (OTEP 4947).
 */
final class TraceContext {
    /** Keys are one byte. */
    static final int MAX_KEYS = 256;

    private final boolean hasSpan;
    private final byte[] traceId;
    private final byte[] spanId;
    private final byte[] attributes;

    TraceContext(TracedSample sample) {
        hasSpan = sample.hasSpan();
        traceId = sample.traceId().clone();
        spanId = sample.spanId().clone();
        attributes = Arrays.copyOf(sample.attributes(), sample.attributeBytes());
    }

    boolean hasSpan() {
        return hasSpan;
    }

    byte[] traceId() {
        return traceId;
    }

    byte[] spanId() {
        return spanId;
    }

    /** The highest key of an attribute, -1 without any. */
    int highestKey() {
        int highest = -1;
        for (int at = 0; isEntry(at); at = next(at)) {
            highest = Math.max(highest, attributes[at] & 0xff);
        }
        return highest;
    }

    /** Where the text of a key lies, or -1; to be given to {@link #text}. */
    int find(int key) {
        int found = -1;
        for (int at = 0; isEntry(at); at = next(at)) {
            found = (attributes[at] & 0xff) == key ? at : found;
        }
        return found;
    }

    /** What is no UTF-8 becomes U+FFFD. */
    String text(int at) {
        return new String(attributes, at + 2, attributes[at + 1] & 0xff, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TraceContext context
                && context.hasSpan == hasSpan
                && Arrays.equals(context.spanId, spanId)
                && Arrays.equals(context.traceId, traceId)
                && Arrays.equals(context.attributes, attributes);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(spanId) + Arrays.hashCode(attributes);
    }

    private boolean isEntry(int at) {
        return at + 2 <= attributes.length && next(at) <= attributes.length;
    }

    private int next(int at) {
        return at + 2 + (attributes[at + 1] & 0xff);
    }
}
