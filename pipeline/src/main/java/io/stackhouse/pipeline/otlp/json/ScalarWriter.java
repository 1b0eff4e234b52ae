package io.stackhouse.pipeline.otlp.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.stackhouse.pipeline.otlp.json.FieldShape.Kind;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Writes the JSON value that a parser stands at as a protobuf value, without its tag. One thread. */
final class ScalarWriter {
    /** Longer integers are out of every range, but for ones of many zeros. */
    private static final int MAX_INTEGER_CHARS = 64;

    /** As many as a time in nanoseconds has; what is beyond a long with them becomes negative. */
    private static final int MAX_LONG_DIGITS = 19;
    /** 2^64 has 20 digits. */
    private static final int MAX_INTEGER_DIGITS = 20;

    private final JsonParser in;
    private final int base;
    private final StringReader strings;
    private final ProtobufBuffer out;

    /**
     * Writes from a parser to a buffer.
     *
     * @param in holds strings of no more than some thousand characters; longer ones are read from {@code json}
     * @param base where in {@code json} the parser began
     */
    ScalarWriter(JsonParser in, byte[] json, int base, ProtobufBuffer out) {
        this.in = in;
        this.base = base;
        this.strings = new StringReader(json);
        this.out = out;
    }

    /**
     * Writes the current value.
     *
     * @return false when it isn't what the kind wants; what was written by then is of no use
     */
    boolean write(Kind kind, JsonToken token) throws IOException {
        return switch (kind) {
            case STRING -> token == JsonToken.VALUE_STRING && string(kind);
            case BYTES, TRACE_ID, SPAN_ID, PROFILE_ID -> token == JsonToken.VALUE_STRING && string(kind);
            case BOOL -> bool(token);
            case DOUBLE -> floating(token);
            case ENUM -> token != JsonToken.VALUE_STRING && integer(kind, token);
            case INT32, UINT32, FIXED32, INT64, UINT64, FIXED64 -> integer(kind, token);
            case MESSAGE -> false;
        };
    }

    private boolean string(Kind kind) {
        out.open();
        int start = out.size();
        if (!strings.copy(stringStart(), out)) {
            return false;
        }
        if (kind != Kind.STRING) {
            int length = binary(kind, out.bytes(), start, out.size() - start);
            if (length < 0) {
                return false;
            }
            out.truncate(start + length);
        }
        out.close();
        return true;
    }

    /** Decodes text in its place; -1 when it isn't such text. An empty id is an id that isn't set. */
    private static int binary(Kind kind, byte[] text, int start, int length) {
        return switch (kind) {
            case TRACE_ID -> length == 32 || length == 0 ? BinaryText.hex(text, start, length) : -1;
            case SPAN_ID -> length == 16 || length == 0 ? BinaryText.hex(text, start, length) : -1;
            case PROFILE_ID -> profileId(text, start, length);
            default -> BinaryText.base64(text, start, length);
        };
    }

    /** 32 hexadecimal digits would be 24 bytes as base64, which no profile id is. */
    private static int profileId(byte[] text, int start, int length) {
        int decoded = length == 32 ? BinaryText.hex(text, start, length) : -1;
        return decoded >= 0 ? decoded : BinaryText.base64(text, start, length);
    }

    private boolean bool(JsonToken token) {
        out.varint(token == JsonToken.VALUE_TRUE ? 1 : 0);
        return token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE;
    }

    private boolean integer(Kind kind, JsonToken token) throws IOException {
        if (token == JsonToken.VALUE_NUMBER_INT && in.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            return integer(kind, in.getLongValue());
        }
        if (token == JsonToken.VALUE_STRING) {
            long small = smallInteger();
            if (small >= 0) {
                return integer(kind, small);
            }
        }
        return (token.isNumeric() || token == JsonToken.VALUE_STRING) && integer(kind, in.getText());
    }

    private boolean integer(Kind kind, long value) {
        if (!kind.holds(value)) {
            return false;
        }
        if (kind == Kind.FIXED64) {
            out.fixed64(value);
        } else if (kind == Kind.FIXED32) {
            out.fixed32((int) value);
        } else {
            out.varint(value);
        }
        return true;
    }

    private boolean integer(Kind kind, String text) {
        if (text.length() > MAX_INTEGER_CHARS || !isNumber(text)) {
            return false;
        }
        BigInteger exact = exactInteger(text);
        if (exact == null || !kind.holds(exact)) {
            return false;
        }
        long value = exact.longValue();
        if (kind == Kind.FIXED64) {
            out.fixed64(value);
        } else if (kind == Kind.UINT64) {
            out.varint(value);
        } else {
            return integer(kind, value);
        }
        return true;
    }

    /** The digits of a short string as a number, without making a String; -1 when it is any other string. */
    private long smallInteger() throws IOException {
        int length = in.getTextLength();
        if (length == 0 || length > MAX_LONG_DIGITS) {
            return -1;
        }
        char[] text = in.getTextCharacters();
        int start = in.getTextOffset();
        long value = 0;
        for (int i = start; i < start + length; i++) {
            int digit = text[i] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /** The integer that a number such as 1.5e1 is; null when it is none, or longer than any range. */
    private static @Nullable BigInteger exactInteger(String text) {
        try {
            BigDecimal number = new BigDecimal(text);
            if (number.signum() == 0) {
                return BigInteger.ZERO;
            }
            long digits = (long) number.precision() - number.scale();
            // Outside of these the exact value could take gigabytes.
            return digits < 1 || digits > MAX_INTEGER_DIGITS ? null : number.toBigIntegerExact();
        } catch (ArithmeticException | NumberFormatException notAnInteger) {
            return null;
        }
    }

    private boolean floating(JsonToken token) throws IOException {
        if (!token.isNumeric() && token != JsonToken.VALUE_STRING) {
            return false;
        }
        String text = in.getText();
        double value;
        switch (text) {
            case "NaN" -> value = Double.NaN;
            case "Infinity" -> value = Double.POSITIVE_INFINITY;
            case "-Infinity" -> value = Double.NEGATIVE_INFINITY;
            default -> {
                if (!isNumber(text)) {
                    return false;
                }
                try {
                    value = Double.parseDouble(text);
                } catch (NumberFormatException noNumber) {
                    return false;
                }
                if (Double.isInfinite(value)) {
                    return false;
                }
            }
        }
        out.fixed64(Double.doubleToRawLongBits(value));
        return true;
    }

    /** Keeps out what Java takes for a number and JSON does not. */
    private static boolean isNumber(String text) {
        for (int i = 0; i < text.length(); i++) {
            if ("+-.0123456789Ee".indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    private int stringStart() {
        return base + (int) in.currentTokenLocation().getByteOffset() + 1;
    }
}
