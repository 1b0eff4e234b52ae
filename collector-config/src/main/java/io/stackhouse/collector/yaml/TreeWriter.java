package io.stackhouse.collector.yaml;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Writes trees of {@link SettingsTree} as YAML, of the kind that {@link YamlReader} reads back, or as JSON. Functions without state. */
public final class TreeWriter {
    private static final String INDENT = "  ";
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z_/][A-Za-z0-9_./+-]*(:[A-Za-z0-9_./+-]+)*");
    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("[0-9]+(ms|ns|s|[hm][0-9hms]*|[KMG]iB|B)");
    private static final Pattern OTHER_MEANING =
            Pattern.compile("(?i)(null|true|false|yes|no|on|off|y|n|\\.inf|\\.nan)");

    private TreeWriter() {}

    /** Block style, text quoted where it must be; {@code $} is doubled, since it would begin a variable. */
    public static String yaml(Map<String, ?> tree) {
        StringBuilder out = new StringBuilder();
        map(out, tree, "");
        return out.toString();
    }

    private static void map(StringBuilder out, Map<?, ?> map, String indent) {
        map.forEach((key, value) -> {
            out.append(indent).append(scalar(key)).append(':');
            value(out, value, indent);
        });
    }

    private static void value(StringBuilder out, Object value, String indent) {
        if (value instanceof Map<?, ?> map && !map.isEmpty()) {
            out.append('\n');
            map(out, map, indent + INDENT);
        } else if (value instanceof List<?> list && list.stream().anyMatch(item -> item instanceof Map)) {
            out.append('\n');
            for (Object item : list) {
                out.append(indent).append(INDENT).append('-');
                value(out, item, indent + INDENT);
            }
        } else if (value instanceof List<?> list) {
            out.append(" [")
                    .append(String.join(
                            ", ", list.stream().map(TreeWriter::scalar).toList()))
                    .append("]\n");
        } else {
            out.append(' ').append(value instanceof Map ? "{}" : scalar(value)).append('\n');
        }
    }

    private static String scalar(Object value) {
        if (!(value instanceof String text)) {
            return String.valueOf(value);
        }
        boolean isPlain =
                (PLAIN.matcher(text).matches() && !OTHER_MEANING.matcher(text).matches())
                        || NUMBER_AND_UNIT.matcher(text).matches();
        return isPlain ? text : quoted(text.replace("$", "$$"));
    }

    /** Indented by two blanks. */
    public static String json(Map<String, ?> tree) {
        StringBuilder out = new StringBuilder();
        jsonValue(out, tree, "\n");
        return out.append('\n').toString();
    }

    private static void jsonValue(StringBuilder out, Object value, String lineStart) {
        String inner = lineStart + INDENT;
        if (value instanceof Map<?, ?> map) {
            String separator = "";
            out.append('{');
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.append(separator)
                        .append(inner)
                        .append(quoted(String.valueOf(entry.getKey())))
                        .append(": ");
                jsonValue(out, entry.getValue(), inner);
                separator = ",";
            }
            out.append(map.isEmpty() ? "}" : lineStart + "}");
        } else if (value instanceof List<?> list) {
            String separator = "";
            out.append('[');
            for (Object item : list) {
                out.append(separator).append(inner);
                jsonValue(out, item, inner);
                separator = ",";
            }
            out.append(list.isEmpty() ? "]" : lineStart + "]");
        } else {
            out.append(value instanceof String text ? quoted(text) : String.valueOf(value));
        }
    }

    /** In double quotes, as both YAML and JSON read it. */
    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ' || c == 0x7f) {
                        out.append("\\u00")
                                .append(Character.forDigit(c >> 4, 16))
                                .append(Character.forDigit(c & 15, 16));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.append('"').toString();
    }
}
