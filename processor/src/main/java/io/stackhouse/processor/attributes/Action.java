package io.stackhouse.processor.attributes;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.processor.attributes.ActionConfig.ConvertedType;
import io.stackhouse.processor.attributes.ActionConfig.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One action, compiled: what it does with a value, wherever the value stands. Immutable, any thread.
 */
final class Action {
    final Kind kind;
    /** Empty when the action goes by its pattern alone. */
    final String key;

    final @Nullable AttributeValue value;
    /** Empty for none. */
    final String fromAttribute;

    final @Nullable AttributeValue defaultValue;
    private final @Nullable Pattern pattern;
    private final @Nullable ConvertedType convertedType;
    /** The keys that {@code extract} sets, by group. */
    private final List<String> groups;

    Action(ActionConfig config) {
        this.kind = config.action();
        this.key = text(config.key());
        this.value = config.value();
        this.fromAttribute = text(config.fromAttribute());
        this.defaultValue = config.defaultValue();
        this.pattern = config.compiledPattern();
        this.convertedType = config.convertedType();
        this.groups = kind == Kind.EXTRACT && pattern != null ? groups(pattern) : List.of();
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static List<String> groups(Pattern pattern) {
        String[] groups = new String[pattern.groupCount()];
        for (Map.Entry<String, Integer> group : pattern.namedGroups().entrySet()) {
            groups[group.getValue() - 1] = group.getKey();
        }
        return List.of(groups);
    }

    /** Whether {@code delete} or {@code hash} go for this key. */
    boolean isMeant(String attributeKey) {
        return attributeKey.equals(key) || matchesPattern(attributeKey);
    }

    boolean hasPattern() {
        return pattern != null;
    }

    private boolean matchesPattern(String attributeKey) {
        return pattern != null && pattern.matcher(attributeKey).find();
    }

    /** The keys that {@code extract} sets, by group. */
    List<String> groups() {
        return groups;
    }

    /** The texts of the groups; none when the value is no text or doesn't match. */
    List<AttributeValue> extracted(AttributeValue from) {
        if (pattern == null || !(from instanceof AttributeValue.StringValue text)) {
            return List.of();
        }
        Matcher matcher = pattern.matcher(text.value());
        if (!matcher.find()) {
            return List.of();
        }
        List<AttributeValue> out = new ArrayList<>(groups.size());
        for (int i = 1; i <= groups.size(); i++) {
            String group = matcher.group(i);
            out.add(AttributeValue.of(group == null ? "" : group));
        }
        return out;
    }

    /** The value as {@code hash} or {@code convert} leave it; the same object when they leave it alone. */
    AttributeValue changed(AttributeValue from) {
        if (kind == Kind.HASH) {
            return AttributeValue.of(hashed(from));
        }
        if (convertedType == ConvertedType.STRING) {
            return from instanceof AttributeValue.StringValue ? from : AttributeValue.of(from.text());
        }
        return convertedType == ConvertedType.INT ? toLong(from) : toDouble(from);
    }

    /** The hexadecimal SHA-256 of the value's bytes; empty for what has none. */
    private static String hashed(AttributeValue from) {
        byte[] bytes = new byte[0];
        if (from instanceof AttributeValue.StringValue text) {
            bytes = text.value().getBytes(StandardCharsets.UTF_8);
        } else if (from instanceof AttributeValue.BoolValue bool) {
            bytes = new byte[] {(byte) (bool.value() ? 1 : 0)};
        } else if (from instanceof AttributeValue.LongValue number) {
            bytes = littleEndian(number.value());
        } else if (from instanceof AttributeValue.DoubleValue number) {
            bytes = littleEndian(Double.doubleToRawLongBits(number.value()));
        }
        if (bytes.length == 0) {
            return "";
        }
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static byte[] littleEndian(long value) {
        return ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
    }

    private static AttributeValue toLong(AttributeValue from) {
        if (from instanceof AttributeValue.DoubleValue number) {
            return AttributeValue.of((long) number.value());
        } else if (from instanceof AttributeValue.BoolValue bool) {
            return AttributeValue.of(bool.value() ? 1L : 0L);
        } else if (from instanceof AttributeValue.StringValue text) {
            try {
                return AttributeValue.of(Long.parseLong(text.value()));
            } catch (NumberFormatException e) {
                return from;
            }
        }
        return from;
    }

    private static AttributeValue toDouble(AttributeValue from) {
        if (from instanceof AttributeValue.LongValue number) {
            return new AttributeValue.DoubleValue(number.value());
        } else if (from instanceof AttributeValue.BoolValue bool) {
            return new AttributeValue.DoubleValue(bool.value() ? 1 : 0);
        } else if (from instanceof AttributeValue.StringValue text
                && !text.value().isBlank()) {
            try {
                return new AttributeValue.DoubleValue(Double.parseDouble(text.value()));
            } catch (NumberFormatException e) {
                return from;
            }
        }
        return from;
    }
}
