package io.stackhouse.collector.yaml;

import io.stackhouse.pipeline.AuthenticatorId;
import io.stackhouse.pipeline.ByteSize;
import io.stackhouse.pipeline.Secret;
import io.stackhouse.pipeline.batch.AttributeValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Single values: which types there are, how their text is read and written. */
final class Scalars {
    private static final Pattern WHOLE_NUMBER = Pattern.compile("[-+]?[0-9]+");
    private static final Pattern NUMBER = Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");

    private Scalars() {}

    static boolean isScalar(Class<?> type) {
        return type == String.class
                || type == Duration.class
                || type == ByteSize.class
                || type == Secret.class
                || type == AuthenticatorId.class
                || type == AttributeValue.class
                || type.isEnum()
                || isNumber(type)
                || type == boolean.class
                || type == Boolean.class;
    }

    private static boolean isNumber(Class<?> type) {
        return type == int.class
                || type == Integer.class
                || type == long.class
                || type == Long.class
                || type == double.class
                || type == Double.class;
    }

    /** Reads the text; throws IllegalArgumentException with what is wrong and what is allowed. */
    static Object parse(Class<?> type, String text) {
        if (type == String.class) {
            return text;
        }
        if (type == Duration.class) {
            return Durations.parse(text);
        }
        if (type == ByteSize.class) {
            return ByteSize.parse(text);
        }
        if (type == Secret.class) {
            return new Secret(text);
        }
        if (type == AuthenticatorId.class) {
            return AuthenticatorId.parse(text);
        }
        if (type.isEnum()) {
            return enumConstant(type, text);
        }
        return isNumber(type) ? number(type, text.strip()) : bool(text.strip());
    }

    /** A value whose type is the one that YAML gives it: {@code 1} is a whole number, {@code "1"} is text. */
    static AttributeValue typed(ConfigNode.Scalar scalar) {
        String text = scalar.text();
        if (!scalar.plain()) {
            return AttributeValue.of(text);
        }
        if (WHOLE_NUMBER.matcher(text).matches()) {
            try {
                return AttributeValue.of(Long.parseLong(text));
            } catch (NumberFormatException e) {
                return new AttributeValue.DoubleValue(Double.parseDouble(text));
            }
        }
        if (NUMBER.matcher(text).matches()) {
            return new AttributeValue.DoubleValue(Double.parseDouble(text));
        }
        return switch (text) {
            case "true", "True", "TRUE" -> AttributeValue.of(true);
            case "false", "False", "FALSE" -> AttributeValue.of(false);
            default -> AttributeValue.of(text);
        };
    }

    /** How the value would be written in a file. */
    static String format(@Nullable Object value) {
        if (value instanceof Duration duration) {
            return Durations.format(duration);
        }
        if (value instanceof Enum<?> constant) {
            return constant.name().toLowerCase(Locale.ROOT);
        }
        return String.valueOf(value);
    }

    private static Object enumConstant(Class<?> type, String text) {
        List<String> allowed = new ArrayList<>();
        for (Object constant : type.getEnumConstants()) {
            if (format(constant).equals(text.strip().toLowerCase(Locale.ROOT))) {
                return constant;
            }
            allowed.add(format(constant));
        }
        throw new IllegalArgumentException(
                "'" + text + "' is unknown" + Names.hint(text, allowed) + "; allowed: " + String.join(", ", allowed));
    }

    private static Object bool(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.equals("true") || lower.equals("false")) {
            return lower.equals("true");
        }
        throw new IllegalArgumentException("'" + text + "' is not true or false; write true or false");
    }

    private static Object number(Class<?> type, String text) {
        try {
            if (type == double.class || type == Double.class) {
                return Double.parseDouble(text);
            }
            long value = Long.parseLong(text);
            if (type == long.class || type == Long.class) {
                return value;
            }
            return Math.toIntExact(value);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is too large; write a whole number up to " + Integer.MAX_VALUE, e);
        } catch (NumberFormatException e) {
            boolean whole = type != double.class && type != Double.class;
            throw new IllegalArgumentException(
                    "'" + text + "' is no "
                            + (whole ? "whole number; write digits such as 5" : "number; write one such as 0.5"),
                    e);
        }
    }
}
