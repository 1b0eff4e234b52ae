package io.stackhouse.collector.yaml;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A value of a configuration file after the expansion of variables, with its place. Immutable. */
public sealed interface ConfigNode {
    Place place();

    /** What it is, for messages. */
    String described();

    /** Whether it says nothing: {@code key:} alone, {@code null} or {@code ~}. */
    default boolean isNull() {
        return false;
    }

    /**
     * A single value. Its type is decided by the one who asks: {@code 0123} is text for a text setting.
     *
     * @param plain whether it was written without quotes; only then it can be null
     */
    record Scalar(Place place, String text, boolean plain) implements ConfigNode {
        private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");

        @Override
        public boolean isNull() {
            return plain && NULLS.contains(text);
        }

        @Override
        public String described() {
            return isNull() ? "nothing" : "'" + text + "'";
        }
    }

    /** A list. */
    record Sequence(Place place, List<ConfigNode> items) implements ConfigNode {
        @Override
        public String described() {
            return "a list";
        }
    }

    /** A map; each key is there once. */
    record Mapping(Place place, List<Entry> entries) implements ConfigNode {
        @Override
        public String described() {
            return "a map";
        }

        /** The entry of the key, or null when there is none. */
        public @Nullable Entry entry(String key) {
            for (Entry entry : entries) {
                if (entry.key().equals(key)) {
                    return entry;
                }
            }
            return null;
        }
    }

    /** One key of a map; {@code place} is the key's. */
    record Entry(Place place, String key, ConfigNode value) {}
}
