package io.stackhouse.collector.yaml;

import io.stackhouse.pipeline.Secret;
import io.stackhouse.pipeline.batch.AttributeValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settings as a tree of maps, lists and single values, as they would be written in a file: what {@link Binder} reads back. Secrets that
 * are not empty are shown as {@code [REDACTED]}; what is absent is left out. Functions without state.
 */
public final class SettingsTree {
    private SettingsTree() {}

    /** Maps are LinkedHashMaps of String; single values are String, Long, Integer, Double or Boolean. */
    public static Map<String, Object> of(Record settings) {
        Map<String, Object> out = new LinkedHashMap<>();
        for (RecordShape.Setting setting : RecordShape.of(settings.getClass()).settings()) {
            @Nullable Object value = RecordShape.value(setting, settings);
            if (value != null) {
                out.put(setting.key(), value(value));
            }
        }
        return out;
    }

    private static Object value(Object value) {
        if (value instanceof List<?> list) {
            List<Object> items = new ArrayList<>();
            list.forEach(item -> items.add(value(item)));
            return items;
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> entries = new LinkedHashMap<>();
            map.forEach((key, entry) -> entries.put(String.valueOf(key), value(entry)));
            return entries;
        }
        if (value instanceof Secret secret) {
            return secret.value().isEmpty() ? "" : secret.toString();
        }
        if (value instanceof Number || value instanceof Boolean) {
            return value;
        }
        if (value instanceof AttributeValue typed) {
            return single(typed);
        }
        return value instanceof Record record && !Scalars.isScalar(record.getClass())
                ? of(record)
                : Scalars.format(value);
    }

    private static Object single(AttributeValue value) {
        if (value instanceof AttributeValue.LongValue number) {
            return number.value();
        } else if (value instanceof AttributeValue.DoubleValue number) {
            return number.value();
        } else if (value instanceof AttributeValue.BoolValue bool) {
            return bool.value();
        }
        return value.text();
    }
}
