package io.stackhouse.collector.yaml;

import java.util.ArrayList;
import java.util.List;

/**
 * Puts one configuration over another, as the OpenTelemetry Collector does: maps are merged key by key, lists and single values are
 * replaced, nothing ({@code key:} alone) clears what was there, an empty map changes nothing. Everything keeps the place where it was
 * written. Functions without state.
 */
public final class ConfigMerge {
    private ConfigMerge() {}

    /** What {@code over} says, and what {@code base} says where {@code over} is silent. */
    public static ConfigNode merged(ConfigNode base, ConfigNode over) {
        if (!(base instanceof ConfigNode.Mapping below) || !(over instanceof ConfigNode.Mapping above)) {
            return over;
        }
        List<ConfigNode.Entry> entries = new ArrayList<>();
        for (ConfigNode.Entry entry : below.entries()) {
            ConfigNode.Entry other = above.entry(entry.key());
            entries.add(other == null ? entry : merged(entry, other));
        }
        for (ConfigNode.Entry entry : above.entries()) {
            if (below.entry(entry.key()) == null) {
                entries.add(entry);
            }
        }
        return new ConfigNode.Mapping(below.place(), List.copyOf(entries));
    }

    private static ConfigNode.Entry merged(ConfigNode.Entry below, ConfigNode.Entry above) {
        ConfigNode value = merged(below.value(), above.value());
        boolean isBoth = below.value() instanceof ConfigNode.Mapping && above.value() instanceof ConfigNode.Mapping;
        return new ConfigNode.Entry(isBoth ? below.place() : above.place(), below.key(), value);
    }
}
