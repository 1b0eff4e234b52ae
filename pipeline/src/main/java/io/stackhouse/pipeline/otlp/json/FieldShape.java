package io.stackhouse.pipeline.otlp.json;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.WireFormat;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * One field of a message: its name in JSON, and how its values are written to the wire. Immutable.
 *
 * @param jsonName the lowerCamelCase name
 * @param tag number and wire type, as they stand before a single value
 * @param repeated whether JSON has a list of them
 * @param inOneof whether it excludes the other members of its message's one oneof
 * @param message the shape of its values when they are messages
 */
record FieldShape(
        String jsonName,
        Kind kind,
        int tag,
        boolean repeated,
        boolean inOneof,
        @Nullable MessageShape message) {

    /** What a value may be in JSON; {@link #expected} says it to whoever sent something else. */
    enum Kind {
        MESSAGE("an object"),
        STRING("a string"),
        BYTES("a string of base64"),
        TRACE_ID("a string of 32 hexadecimal digits"),
        SPAN_ID("a string of 16 hexadecimal digits"),
        PROFILE_ID("a string of 32 hexadecimal digits, or base64 of 16 bytes"),
        BOOL("true or false"),
        ENUM("an integer; OTLP/JSON has no names of enum values", -1L << 31, (1L << 31) - 1),
        INT32("an integer from -2147483648 to 2147483647", -1L << 31, (1L << 31) - 1),
        UINT32("an integer from 0 to 4294967295", 0, (1L << 32) - 1),
        FIXED32("an integer from 0 to 4294967295", 0, (1L << 32) - 1),
        INT64("an integer of 64 bits, as a string or a number", Long.MIN_VALUE, Long.MAX_VALUE),
        UINT64("an unsigned integer of 64 bits, as a string or a number", 0, -1),
        FIXED64("an unsigned integer of 64 bits, as a string or a number", 0, -1),
        DOUBLE("a number, or one of the strings \"NaN\", \"Infinity\", \"-Infinity\"");

        private final String expected;
        private final BigInteger least;
        private final BigInteger greatest;

        Kind(String expected) {
            this(expected, 0, 0);
        }

        /** A greatest value of -1 is 2^64 - 1. */
        Kind(String expected, long least, long greatest) {
            this.expected = expected;
            this.least = BigInteger.valueOf(least);
            this.greatest = greatest == -1
                    ? BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE)
                    : BigInteger.valueOf(greatest);
        }

        String expected() {
            return expected;
        }

        boolean holds(long value) {
            return switch (this) {
                case UINT64, FIXED64 -> value >= 0;
                case ENUM, INT32 -> value == (int) value;
                case UINT32, FIXED32 -> value >>> 32 == 0;
                default -> true;
            };
        }

        boolean holds(BigInteger value) {
            return value.compareTo(least) >= 0 && value.compareTo(greatest) <= 0;
        }

        private int wireType() {
            return switch (this) {
                case MESSAGE, STRING, BYTES, TRACE_ID, SPAN_ID, PROFILE_ID -> WireFormat.WIRETYPE_LENGTH_DELIMITED;
                case BOOL, ENUM, INT32, UINT32, INT64, UINT64 -> WireFormat.WIRETYPE_VARINT;
                case FIXED32 -> WireFormat.WIRETYPE_FIXED32;
                case FIXED64, DOUBLE -> WireFormat.WIRETYPE_FIXED64;
            };
        }
    }

    static FieldShape of(FieldDescriptor field, @Nullable MessageShape message) {
        Kind kind = kind(field);
        boolean packed = field.isPacked();
        int tag = (field.getNumber() << 3) | (packed ? WireFormat.WIRETYPE_LENGTH_DELIMITED : kind.wireType());
        return new FieldShape(
                field.getJsonName(), kind, tag, field.isRepeated(), field.getRealContainingOneof() != null, message);
    }

    /** Whether a list of them is one length-delimited value. */
    boolean packed() {
        return repeated && kind.wireType() != WireFormat.WIRETYPE_LENGTH_DELIMITED;
    }

    private static Kind kind(FieldDescriptor field) {
        return switch (field.getType()) {
            case MESSAGE -> Kind.MESSAGE;
            case STRING -> Kind.STRING;
            case BYTES ->
                switch (field.getName()) {
                    case "trace_id" -> Kind.TRACE_ID;
                    case "span_id", "parent_span_id" -> Kind.SPAN_ID;
                    case "profile_id" -> Kind.PROFILE_ID;
                    default -> Kind.BYTES;
                };
            case BOOL -> Kind.BOOL;
            case ENUM -> Kind.ENUM;
            case INT32 -> Kind.INT32;
            case UINT32 -> Kind.UINT32;
            case FIXED32 -> Kind.FIXED32;
            case INT64 -> Kind.INT64;
            case UINT64 -> Kind.UINT64;
            case FIXED64 -> Kind.FIXED64;
            case DOUBLE -> Kind.DOUBLE;
            default ->
                throw new IllegalStateException(field.getFullName() + " has a type that OTLP did not use before");
        };
    }
}
