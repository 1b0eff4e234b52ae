package io.stackhouse.pipeline.otlp.json;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Prints messages as OTLP/JSON, from descriptors and with no code of ours, in all the spellings that clients use: 64-bit integers as
 * strings or numbers, base64 of both alphabets, hexadecimal of both cases, escapes, white space, nulls and unknown fields. One thread.
 */
public final class JsonPrinter {
    private static final Set<String> HEX = Set.of("trace_id", "span_id", "parent_span_id");

    private final Random random;
    private final StringBuilder out = new StringBuilder();

    private JsonPrinter(Random random) {
        this.random = random;
    }

    public static byte[] print(Message message, Random random) {
        JsonPrinter printer = new JsonPrinter(random);
        printer.message(message);
        return printer.out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void message(MessageOrBuilder message) {
        out.append('{');
        boolean first = true;
        for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
            first = separate(first);
            name(entry.getKey().getJsonName());
            field(entry.getKey(), entry.getValue());
            if (random.nextInt(10) == 0) {
                out.append(",\"unknown").append(random.nextInt(3)).append("\":{\"a\":[1,null,{}],\"b\":\"\\u00e9\"}");
            }
        }
        if (first && random.nextInt(4) == 0) {
            out.append("\"unknown\" : null");
        }
        out.append(random.nextInt(8) == 0 ? "\n}" : "}");
    }

    private boolean separate(boolean first) {
        if (!first) {
            out.append(random.nextInt(8) == 0 ? " ,\r\n\t" : ",");
        }
        return false;
    }

    private void name(String name) {
        if (random.nextInt(20) == 0) {
            out.append("\"\\u")
                    .append(HexFormat.of().toHexDigits(name.charAt(0)))
                    .append(name, 1, name.length());
            out.append("\" : ");
        } else {
            out.append('"').append(name).append("\":");
        }
    }

    private void field(FieldDescriptor field, Object value) {
        if (!field.isRepeated()) {
            value(field, value);
            return;
        }
        out.append('[');
        boolean first = true;
        for (Object element : (List<?>) value) {
            first = separate(first);
            value(field, element);
        }
        out.append(']');
    }

    private void value(FieldDescriptor field, Object value) {
        switch (field.getType()) {
            case MESSAGE -> message((Message) value);
            case STRING -> string((String) value);
            case BYTES -> string(bytes(field.getName(), (ByteString) value));
            case ENUM -> out.append(((com.google.protobuf.Descriptors.EnumValueDescriptor) value).getNumber());
            case UINT64, FIXED64 -> integer(Long.toUnsignedString((Long) value));
            case INT64 -> integer(value.toString());
            case UINT32, FIXED32 -> out.append(Integer.toUnsignedString((Integer) value));
            case DOUBLE -> floating((Double) value);
            default -> out.append(value);
        }
    }

    private void integer(String digits) {
        switch (random.nextInt(5)) {
            case 0 -> out.append(digits);
            case 1 -> out.append(digits).append("e0");
            case 2 -> out.append(digits).append(".00");
            default -> out.append('"').append(digits).append('"');
        }
    }

    private void floating(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value) || random.nextInt(4) == 0) {
            out.append('"').append(value).append('"');
        } else {
            out.append(value);
        }
    }

    private String bytes(String name, ByteString value) {
        byte[] bytes = value.toByteArray();
        if (HEX.contains(name) || (name.equals("profile_id") && bytes.length == 16 && random.nextBoolean())) {
            HexFormat hex = HexFormat.of();
            return (random.nextBoolean() ? hex.withUpperCase() : hex).formatHex(bytes);
        }
        Base64.Encoder base64 = random.nextBoolean() ? Base64.getEncoder() : Base64.getUrlEncoder();
        return (random.nextBoolean() ? base64 : base64.withoutPadding()).encodeToString(bytes);
    }

    private void string(String text) {
        out.append('"');
        text.codePoints().forEach(this::codePoint);
        out.append('"');
    }

    private void codePoint(int c) {
        if (c == '"' || c == '\\' || (c == '/' && random.nextBoolean())) {
            out.append('\\').append((char) c);
        } else if (c < ' ' || random.nextInt(30) == 0) {
            for (char unit : Character.toChars(c)) {
                HexFormat hex = HexFormat.of();
                out.append("\\u").append((random.nextBoolean() ? hex.withUpperCase() : hex).toHexDigits(unit));
            }
        } else {
            out.appendCodePoint(c);
        }
    }
}
