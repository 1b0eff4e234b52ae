package io.stackhouse.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Stacks put together from their roots, with what each call path took on two sides. One thread. */
final class FlameTree {
    private static final String ROOT = "all";

    private final Node root = new Node(ROOT);

    private static final class Node {
        final String name;
        final Map<String, Node> children = new TreeMap<>();
        long value;
        long base;

        Node(String name) {
            this.name = name;
        }

        void add(boolean isBase, long spent) {
            if (isBase) {
                base += spent;
            } else {
                value += spent;
            }
        }
    }

    /**
     * Adds a stack.
     *
     * @param rootFirst its functions
     */
    void add(boolean isBase, List<String> rootFirst, long spent) {
        Node node = root;
        node.add(isBase, spent);
        for (String name : rootFirst) {
            node = node.children.computeIfAbsent(name, Node::new);
            node.add(isBase, spent);
        }
    }

    boolean isEmpty() {
        return root.value == 0 && root.base == 0;
    }

    /**
     * All nodes as the page reads them, parents before children: columns of depth, index of name, value, and base when there is one.
     *
     * @param heading further fields, name and value
     */
    String json(Map<String, String> heading, boolean hasBase) {
        Map<String, Integer> names = new HashMap<>();
        List<String> texts = new ArrayList<>();
        StringBuilder depths = new StringBuilder();
        StringBuilder indices = new StringBuilder();
        StringBuilder values = new StringBuilder();
        StringBuilder bases = new StringBuilder();
        List<Node> nodes = new ArrayList<>();
        List<Integer> levels = new ArrayList<>();
        nodes.add(root);
        levels.add(0);
        // A stack of our own: real stacks of calls can be deeper than Java's.
        while (!nodes.isEmpty()) {
            Node node = nodes.remove(nodes.size() - 1);
            int level = levels.remove(levels.size() - 1);
            Integer index = names.get(node.name);
            if (index == null) {
                index = texts.size();
                names.put(node.name, index);
                texts.add(quoted(node.name));
            }
            append(depths, level);
            append(indices, index);
            append(values, node.value);
            append(bases, node.base);
            List<Node> children = new ArrayList<>(node.children.values());
            for (int i = children.size() - 1; i >= 0; i--) {
                nodes.add(children.get(i));
                levels.add(level + 1);
            }
        }
        StringBuilder json = new StringBuilder("{");
        heading.forEach((key, value) ->
                json.append(quoted(key)).append(':').append(quoted(value)).append(','));
        json.append("\"names\":[")
                .append(String.join(",", texts))
                .append("],\"depth\":[")
                .append(depths);
        json.append("],\"name\":[")
                .append(indices)
                .append("],\"value\":[")
                .append(values)
                .append(']');
        if (hasBase) {
            json.append(",\"base\":[").append(bases).append(']');
        }
        return json.append('}').toString();
    }

    private static void append(StringBuilder list, long number) {
        if (list.length() > 0) {
            list.append(',');
        }
        list.append(number);
    }

    /** A JSON string that can stand inside of a script element, whatever is in it. */
    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' '
                    || c == '"'
                    || c == '\\'
                    || c == '<'
                    || c == '>'
                    || c == '&'
                    || c == '\u2028'
                    || c == '\u2029') {
                out.append("\\u")
                        .append(Character.forDigit(c >> 12 & 15, 16))
                        .append(Character.forDigit(c >> 8 & 15, 16));
                out.append(Character.forDigit(c >> 4 & 15, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }
}
