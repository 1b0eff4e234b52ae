package io.stackhouse.collector.config;

import io.stackhouse.collector.yaml.Binder;
import io.stackhouse.collector.yaml.ConfigNode;
import io.stackhouse.collector.yaml.Names;
import io.stackhouse.collector.yaml.Place;
import io.stackhouse.collector.yaml.Problems;
import io.stackhouse.pipeline.ComponentFactory;
import io.stackhouse.pipeline.ComponentId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads one section of components, such as {@code receivers}. One thread. */
final class ComponentsReader<F extends ComponentFactory<?>> {
    private static final Pattern TYPE = Pattern.compile("[a-zA-Z][0-9a-zA-Z_]{0,62}");
    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}_.+-]{1,1024}");

    private final String kind;
    private final Map<String, F> factories;
    private final Problems problems;

    /** Every id of the section, those with mistakes too, and where it stands. */
    private final Map<ComponentId, Place> places = new LinkedHashMap<>();

    private final Map<ComponentId, Configured<F>> configured = new LinkedHashMap<>();
    private final List<Binder.Reference> references = new ArrayList<>();

    /**
     * A reader of one section.
     *
     * @param kind {@code receiver}; the section's name is its plural
     */
    ComponentsReader(String kind, Map<String, F> factories, Problems problems) {
        this.kind = kind;
        this.factories = factories;
        this.problems = problems;
    }

    String kind() {
        return kind;
    }

    Map<ComponentId, Place> places() {
        return places;
    }

    Map<ComponentId, Configured<F>> configured() {
        return configured;
    }

    /** The factory of a configured id, or null when there is none. */
    @Nullable
    F factory(ComponentId id) {
        return factories.get(id.type());
    }

    /** The authenticators that settings of the section name. */
    List<Binder.Reference> references() {
        return references;
    }

    /** Why a reference to the id is wrong, or empty when the section has it, though perhaps with mistakes. */
    String missing(ComponentId id) {
        if (places.containsKey(id)) {
            return "";
        }
        List<String> known = places.keySet().stream().map(ComponentId::toString).toList();
        return "references " + kind + " \"" + id + "\" which is not configured" + Names.hint(id.toString(), known)
                + allIds();
    }

    /** What is configured, as the end of a message. */
    String allIds() {
        List<String> known = places.keySet().stream().map(ComponentId::toString).toList();
        return known.isEmpty() ? "; no " + kind + " is configured" : "; configured: " + String.join(", ", known);
    }

    void read(ConfigNode.Entry section) {
        if (section.value() instanceof ConfigNode.Mapping map) {
            for (ConfigNode.Entry entry : map.entries()) {
                component(section.key() + "::" + entry.key(), entry);
            }
        } else if (!section.value().isNull()) {
            problems.error(
                    section.value().place(),
                    section.key(),
                    "expected a map of " + kind + "s, found " + section.value().described());
        }
    }

    private void component(String path, ConfigNode.Entry entry) {
        ComponentId id = id(path, entry);
        if (id == null) {
            return;
        }
        if (places.putIfAbsent(id, entry.place()) != null) {
            problems.error(entry.place(), path, "this id is there already; give one of them another name");
            return;
        }
        F factory = factories.get(id.type());
        if (factory == null) {
            problems.error(
                    entry.place(),
                    path,
                    "unknown type: \"" + id.type() + "\" for id: \"" + id + "\""
                            + Names.hint(id.type(), factories.keySet()) + " (valid values: "
                            + String.join(", ", factories.keySet()) + ")");
            return;
        }
        Binder binder = new Binder(problems);
        // Its type without the name F, so that the settings' type can be captured.
        ComponentFactory<?> some = factory;
        Record settings = bind(binder, some, entry.value(), path);
        references.addAll(binder.references());
        if (settings != null) {
            configured.put(id, new Configured<>(id, factory, settings));
        }
    }

    private static <C extends Record> @Nullable C bind(
            Binder binder, ComponentFactory<C> factory, ConfigNode node, String path) {
        return binder.bind(node, path, factory.defaultConfig(), factory::check);
    }

    private @Nullable ComponentId id(String path, ConfigNode.Entry entry) {
        ComponentId id = ComponentId.parse(entry.key());
        boolean hasName = entry.key().indexOf('/') >= 0;
        if (!TYPE.matcher(id.type()).matches()
                || (hasName && !NAME.matcher(id.name()).matches())) {
            problems.error(
                    entry.place(), path, "this is no id; write type or type/name with letters, digits and _ . + -");
            return null;
        }
        return id;
    }
}
