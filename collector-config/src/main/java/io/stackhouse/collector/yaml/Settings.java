package io.stackhouse.collector.yaml;

import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Lists the settings of a record with their defaults, as documentation shows them. */
public final class Settings {
    private Settings() {}

    /**
     * Keys, those of nested records joined by dots, with the default as it would be written; {@code -} when it has none. The
     * settings of what is absent by default stand with the values they have once it is there.
     */
    public static Map<String, String> defaults(Record defaults) {
        Map<String, String> out = new LinkedHashMap<>();
        flatten(RecordShape.of(defaults.getClass()), defaults, "", out);
        return out;
    }

    private static void flatten(RecordShape shape, Object record, String prefix, Map<String, String> out) {
        for (RecordShape.Setting setting : shape.settings()) {
            @Nullable Object value = RecordShape.value(setting, record);
            String key = prefix + setting.key();
            Type type = setting.type();
            if (!(type instanceof Class<?> plain) || !plain.isRecord() || Scalars.isScalar(plain)) {
                out.put(key, value == null ? "-" : text(value));
                continue;
            }
            RecordShape nested = RecordShape.of(plain);
            Object nestedDefaults = value == null ? nested.ownDefaults() : value;
            if (value == null) {
                out.put(key, "-");
            }
            if (nestedDefaults != null) {
                flatten(nested, nestedDefaults, key + ".", out);
            }
        }
    }

    private static String text(Object value) {
        if (value instanceof List<?> list) {
            return list.stream().map(Scalars::format).toList().toString();
        }
        String text = Scalars.format(value);
        return text.isEmpty() ? "-" : text;
    }
}
