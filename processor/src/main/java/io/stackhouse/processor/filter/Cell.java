package io.stackhouse.processor.filter;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.otlp.TracesDecoder;
import org.jspecify.annotations.Nullable;

/** Holds the value of an operand for a moment, so that none has to be boxed. One thread. */
final class Cell {
    /** What a value is. */
    enum Kind {
        NIL,
        BOOL,
        LONG,
        DOUBLE,
        TEXT,
        /** Bytes, lists and maps: equal or not, no more. */
        OTHER
    }

    Kind kind = Kind.NIL;
    long number;
    double decimal;
    String text = "";
    AttributeValue other = AttributeValue.empty();

    void setNil() {
        kind = Kind.NIL;
    }

    void set(boolean value) {
        kind = Kind.BOOL;
        number = value ? 1 : 0;
    }

    void set(long value) {
        kind = Kind.LONG;
        number = value;
    }

    void set(double value) {
        kind = Kind.DOUBLE;
        decimal = value;
    }

    void set(String value) {
        kind = Kind.TEXT;
        text = value;
    }

    void set(@Nullable AttributeValue value) {
        if (value == null || value instanceof AttributeValue.EmptyValue) {
            setNil();
        } else if (value instanceof AttributeValue.StringValue string) {
            set(string.value());
        } else if (value instanceof AttributeValue.LongValue integer) {
            set(integer.value());
        } else if (value instanceof AttributeValue.BoolValue bool) {
            set(bool.value());
        } else if (value instanceof AttributeValue.DoubleValue real) {
            set(real.value());
        } else {
            kind = Kind.OTHER;
            other = value;
        }
    }

    void set(AnyValue value) {
        switch (value.getValueCase()) {
            case STRING_VALUE -> set(value.getStringValue());
            case INT_VALUE -> set(value.getIntValue());
            case BOOL_VALUE -> set(value.getBoolValue());
            case DOUBLE_VALUE -> set(value.getDoubleValue());
            default -> set(TracesDecoder.value(value));
        }
    }

    boolean isNumber() {
        return kind == Kind.LONG || kind == Kind.DOUBLE;
    }

    double asDouble() {
        return kind == Kind.LONG ? number : decimal;
    }

    /** The value as text, as functions on texts want it. */
    String asText() {
        return switch (kind) {
            case NIL -> "";
            case BOOL -> number != 0 ? "true" : "false";
            case LONG -> Long.toString(number);
            case DOUBLE -> Double.toString(decimal);
            case TEXT -> text;
            case OTHER -> other.text();
        };
    }

    boolean isEqualTo(Cell that) {
        if (isNumber() && that.isNumber()) {
            boolean areWhole = kind == Kind.LONG && that.kind == Kind.LONG;
            return areWhole ? number == that.number : asDouble() == that.asDouble();
        }
        if (kind != that.kind) {
            return false;
        }
        return switch (kind) {
            case NIL -> true;
            case BOOL -> number == that.number;
            case TEXT -> text.equals(that.text);
            case OTHER -> other.equals(that.other);
            default -> false;
        };
    }

    /** Whether the two can be put in an order. */
    boolean isComparableTo(Cell that) {
        return (isNumber() && that.isNumber()) || (kind == that.kind && (kind == Kind.TEXT || kind == Kind.BOOL));
    }

    int compareTo(Cell that) {
        if (kind == Kind.TEXT) {
            return text.compareTo(that.text);
        }
        if (kind != Kind.DOUBLE && that.kind != Kind.DOUBLE) {
            return Long.compare(number, that.number);
        }
        return Double.compare(asDouble(), that.asDouble());
    }
}
