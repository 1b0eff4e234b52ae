package io.stackhouse.collector.yaml;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Reads YAML 1.2 into {@link ConfigNode}s: keeps places, expands variables, finds keys that are there twice. What is wrong goes
 * to {@link Problems}. One thread.
 */
public final class YamlReader {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_NODES = 100_000;

    private final String file;
    private final boolean isOption;
    private final Problems problems;
    private final Expansion expansion;
    private int nodes;
    private boolean tooLarge;

    /** @param file its name in places */
    public YamlReader(String file, Variables variables, Problems problems) {
        this(file, false, variables, problems);
    }

    private YamlReader(String file, boolean isOption, Variables variables, Problems problems) {
        this.file = file;
        this.isOption = isOption;
        this.problems = problems;
        this.expansion = new Expansion(variables, problems);
        problems.source(file);
    }

    /** Reads the value of an option; {@code name} tells it from others and doesn't hold the value. */
    public static YamlReader ofOption(String name, Variables variables, Problems problems) {
        return new YamlReader(name, true, variables, problems);
    }

    /** The document, or null when it is empty or no YAML. */
    public @Nullable ConfigNode read(String text) {
        int before = problems.errorCount();
        ConfigNode root = readPart(text);
        if (root == null && problems.errorCount() == before) {
            problems.error(start(), "", "empty configuration file; it needs receivers, exporters and service");
        }
        return root;
    }

    /** One document of several, which may be empty; null when it is, or no YAML. */
    public @Nullable ConfigNode readPart(String text) {
        return readValue(text, "");
    }

    /**
     * The value of an option; nothing when it is empty or no YAML.
     *
     * @param path where in the configuration's tree it goes
     */
    public ConfigNode readOption(String text, String path) {
        ConfigNode value = readValue(text, path);
        return value == null ? new ConfigNode.Scalar(start(), "", true) : value;
    }

    private @Nullable ConfigNode readValue(String text, String path) {
        try {
            Optional<Node> root = compose(text);
            ConfigNode node = root.isPresent() ? convert(root.get(), path, 0) : null;
            // The rest is not read then, and would seem to be missing.
            return tooLarge ? null : node;
        } catch (MarkedYamlEngineException e) {
            Place place = e.getProblemMark().map(this::place).orElse(start());
            String context = e.getContext() == null || e.getContext().isEmpty() ? "" : e.getContext() + ": ";
            problems.error(place, path, "this is no YAML: " + context + e.getProblem());
        } catch (YamlEngineException e) {
            problems.error(start(), path, "this is no YAML: " + e.getMessage());
        }
        return null;
    }

    private Optional<Node> compose(String text) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(file)
                .setAllowDuplicateKeys(true)
                .setAllowNonScalarKeys(true)
                .setUseMarks(true)
                .build();
        return new Compose(settings).composeString(text);
    }

    private ConfigNode convert(Node node, String path, int depth) {
        Place place = place(node);
        if (tooLarge || depth > MAX_DEPTH || ++nodes > MAX_NODES) {
            if (!tooLarge) {
                problems.error(place, path, "too deep or too large; at most 64 levels and 100000 values are allowed");
            }
            tooLarge = true;
            return new ConfigNode.Scalar(place, "", true);
        }
        if (node instanceof MappingNode map) {
            return mapping(map, path, depth);
        }
        if (node instanceof SequenceNode list) {
            List<ConfigNode> items = new ArrayList<>();
            for (Node item : list.getValue()) {
                items.add(convert(item, path + "[" + items.size() + "]", depth + 1));
            }
            return new ConfigNode.Sequence(place, List.copyOf(items));
        }
        return scalar((ScalarNode) node, path, depth);
    }

    private ConfigNode mapping(MappingNode node, String path, int depth) {
        List<ConfigNode.Entry> entries = new ArrayList<>();
        Map<String, Place> seen = new HashMap<>();
        for (NodeTuple tuple : node.getValue()) {
            Place keyPlace = place(tuple.getKeyNode());
            if (!(tuple.getKeyNode() instanceof ScalarNode keyNode)) {
                problems.error(keyPlace, path, "a key must be text, not a list or a map");
                continue;
            }
            String key = keyNode.getValue();
            String keyPath = path.isEmpty() ? key : path + "::" + key;
            Place first = seen.putIfAbsent(key, keyPlace);
            if (first != null) {
                String where = isOption ? "" : " in line " + first.line();
                problems.error(keyPlace, keyPath, "this key is there already" + where + "; keep one");
                continue;
            }
            entries.add(new ConfigNode.Entry(keyPlace, key, convert(tuple.getValueNode(), keyPath, depth + 1)));
        }
        return new ConfigNode.Mapping(place(node), List.copyOf(entries));
    }

    private ConfigNode scalar(ScalarNode node, String path, int depth) {
        Place place = place(node);
        String text = node.getValue();
        String expanded = expansion.expand(text, place, path);
        boolean mayBeCollection = node.isPlain() && Expansion.isOneVariable(text) && looksLikeCollection(expanded);
        if (mayBeCollection) {
            ConfigNode collection = moved(expanded, place, path, depth);
            if (collection != null) {
                return collection;
            }
        }
        return new ConfigNode.Scalar(place, expanded, node.isPlain());
    }

    private static boolean looksLikeCollection(String text) {
        return text.startsWith("{") || text.startsWith("[") || text.indexOf('\n') >= 0;
    }

    /** A variable's value as a map or a list, its places being the variable's; null when it is neither. */
    private @Nullable ConfigNode moved(String text, Place place, String path, int depth) {
        try {
            Optional<Node> root = compose(text);
            if (root.isEmpty() || root.get() instanceof ScalarNode) {
                return null;
            }
            return moved(convert(root.get(), path, depth + 1), place);
        } catch (YamlEngineException e) {
            return null;
        }
    }

    private static ConfigNode moved(ConfigNode node, Place place) {
        if (node instanceof ConfigNode.Mapping map) {
            List<ConfigNode.Entry> entries = new ArrayList<>();
            for (ConfigNode.Entry entry : map.entries()) {
                entries.add(new ConfigNode.Entry(place, entry.key(), moved(entry.value(), place)));
            }
            return new ConfigNode.Mapping(place, entries);
        }
        if (node instanceof ConfigNode.Sequence list) {
            List<ConfigNode> items = new ArrayList<>();
            for (ConfigNode item : list.items()) {
                items.add(moved(item, place));
            }
            return new ConfigNode.Sequence(place, items);
        }
        ConfigNode.Scalar scalar = (ConfigNode.Scalar) node;
        return new ConfigNode.Scalar(place, scalar.text(), scalar.plain());
    }

    private Place place(Node node) {
        return node.getStartMark().map(this::place).orElse(start());
    }

    private Place start() {
        return isOption ? Place.ofOption(file) : new Place(file, 1, 1);
    }

    private Place place(Mark mark) {
        return isOption ? Place.ofOption(file) : new Place(file, mark.getLine() + 1, mark.getColumn() + 1);
    }
}
