package io.stackhouse.pipeline.batch;

import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * A typed attribute value (OTLP AnyValue). Immutable.
 */
public sealed interface AttributeValue {
    /** The value as text: strings as they are, numbers in decimal, bytes in base64, arrays and maps as JSON. */
    default String text() {
        StringBuilder out = new StringBuilder();
        appendText(out);
        return out.toString();
    }

    /** Appends {@link #text}. */
    void appendText(StringBuilder out);

    /** Appends the value as JSON. */
    default void appendJson(StringBuilder out) {
        appendText(out);
    }

    /** A value that is set and holds nothing; other than an empty string. */
    static AttributeValue empty() {
        return EmptyValue.INSTANCE;
    }

    static AttributeValue of(String value) {
        return new StringValue(value);
    }

    static AttributeValue of(long value) {
        return new LongValue(value);
    }

    static AttributeValue of(boolean value) {
        return new BoolValue(value);
    }

    record StringValue(String value) implements AttributeValue {
        @Override
        public String text() {
            return value;
        }

        @Override
        public void appendText(StringBuilder out) {
            out.append(value);
        }

        @Override
        public void appendJson(StringBuilder out) {
            JsonText.appendString(out, value);
        }
    }

    record BoolValue(boolean value) implements AttributeValue {
        @Override
        public void appendText(StringBuilder out) {
            out.append(value);
        }
    }

    record LongValue(long value) implements AttributeValue {
        @Override
        public void appendText(StringBuilder out) {
            out.append(value);
        }
    }

    record DoubleValue(double value) implements AttributeValue {
        @Override
        public void appendText(StringBuilder out) {
            out.append(value);
        }

        @Override
        public void appendJson(StringBuilder out) {
            if (Double.isFinite(value)) {
                out.append(value);
            } else {
                out.append('"').append(value).append('"');
            }
        }
    }

    /** Bytes; the array is never changed by anyone. */
    record BytesValue(byte[] value) implements AttributeValue {
        @Override
        public void appendText(StringBuilder out) {
            out.append(Base64.getEncoder().encodeToString(value));
        }

        @Override
        public void appendJson(StringBuilder out) {
            out.append('"');
            appendText(out);
            out.append('"');
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof BytesValue that && Arrays.equals(that.value, value);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(value);
        }
    }

    record ArrayValue(List<AttributeValue> values) implements AttributeValue {
        @Override
        public void appendText(StringBuilder out) {
            out.append('[');
            for (int i = 0; i < values.size(); i++) {
                if (i > 0) {
                    out.append(',');
                }
                values.get(i).appendJson(out);
            }
            out.append(']');
        }
    }

    record MapValue(Attributes values) implements AttributeValue {
        @Override
        public void appendText(StringBuilder out) {
            out.append('{');
            for (int i = 0; i < values.size(); i++) {
                if (i > 0) {
                    out.append(',');
                }
                JsonText.appendString(out, values.key(i));
                out.append(':');
                values.value(i).appendJson(out);
            }
            out.append('}');
        }
    }

    record EmptyValue() implements AttributeValue {
        private static final EmptyValue INSTANCE = new EmptyValue();

        @Override
        public void appendText(StringBuilder out) {}

        @Override
        public void appendJson(StringBuilder out) {
            out.append("null");
        }
    }
}
