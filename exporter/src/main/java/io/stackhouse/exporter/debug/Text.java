package io.stackhouse.exporter.debug;

import io.stackhouse.pipeline.batch.Attributes;
import java.time.Instant;
import java.util.HexFormat;

/** The lines of a dump. What producers sent can't break out of its line or steer a terminal. One thread. */
final class Text {
    private static final int MAX_VALUE_CHARS = 1_000;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final StringBuilder out = new StringBuilder(1024);

    /** Begins a line, two blanks for each level. */
    Text line(int level) {
        if (out.length() > 0) {
            out.append('\n');
        }
        out.append("  ".repeat(level));
        return this;
    }

    /** What we wrote ourselves. */
    Text add(String text) {
        out.append(text);
        return this;
    }

    Text add(long number) {
        out.append(number);
        return this;
    }

    /** What came from outside, cut when it is long. */
    Text foreign(String text) {
        int end = Math.min(text.length(), MAX_VALUE_CHARS);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                out.append("\\u").append(HexFormat.of().toHexDigits(c));
            } else {
                out.append(c);
            }
        }
        if (end < text.length()) {
            out.append("… (").append(text.length()).append(" characters)");
        }
        return this;
    }

    /** UTC, or {@code -} for 0. */
    Text time(long unixNanos) {
        out.append(
                unixNanos == 0
                        ? "-"
                        : Instant.ofEpochSecond(
                                Math.floorDiv(unixNanos, NANOS_PER_SECOND),
                                Math.floorMod(unixNanos, NANOS_PER_SECOND)));
        return this;
    }

    /** A line for each. */
    void attributes(int level, Attributes attributes) {
        for (int i = 0; i < attributes.size(); i++) {
            line(level)
                    .foreign(attributes.key(i))
                    .add(": ")
                    .foreign(attributes.value(i).text());
        }
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
