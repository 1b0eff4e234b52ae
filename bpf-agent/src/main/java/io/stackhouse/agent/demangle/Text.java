package io.stackhouse.agent.demangle;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Where a name is written, within bounds of length, depth and steps. Threads: one. */
final class Text {
    static final int MAX_CHARS = 8192;
    static final int MAX_DEPTH = 160;
    private static final int MAX_STEPS = 50_000;

    private final StringBuilder chars = new StringBuilder(128);
    private int depth;
    private int steps;

    /** Element of the parameter packs that is written now, and how many they have: -1 while no pack was met. */
    int packIndex;

    int packSize = -1;
    boolean isInExpansion;

    /** What template parameters mean here. */
    Nodes.@Nullable Scope scope;

    /** Within the parameters of a lambda template parameters are {@code auto}. */
    int lambdaDepth;

    void append(String text) {
        if (chars.length() + text.length() > MAX_CHARS) {
            throw new NotMangledException();
        }
        chars.append(text);
    }

    void append(char c) {
        if (chars.length() >= MAX_CHARS) {
            throw new NotMangledException();
        }
        chars.append(c);
    }

    void write(Node node) {
        left(node);
        right(node);
    }

    void left(Node node) {
        enter();
        node.left(this);
        depth--;
    }

    void right(Node node) {
        enter();
        node.right(this);
        depth--;
    }

    /** Elements with commas between those that write anything; says whether the last one wrote nothing. */
    boolean writeList(List<Node> nodes) {
        boolean isFirst = true;
        boolean isLastEmpty = false;
        for (Node node : nodes) {
            int before = length();
            if (!isFirst) {
                append(", ");
            }
            int start = length();
            write(node);
            isLastEmpty = length() == start;
            if (isLastEmpty) {
                cut(before);
            } else {
                isFirst = false;
            }
        }
        return isLastEmpty;
    }

    /** Hands on what a parameter stands for, in the scope that its argument was given in. */
    void withArgument(Nodes.Parameter parameter, Consumer<Node> body) {
        Nodes.Scope inner = scope;
        boolean wasInExpansion = isInExpansion;
        Node argument = argumentOf(parameter);
        if (argument != null) {
            scope = inner == null ? null : inner.outer();
            isInExpansion = false;
            body.accept(argument);
            scope = inner;
            isInExpansion = wasInExpansion;
        }
    }

    /** The same for all of a pack, also within an expansion. */
    void withWholeArgument(Nodes.Parameter parameter, Consumer<Node> body) {
        boolean wasInExpansion = isInExpansion;
        isInExpansion = false;
        withArgument(parameter, body);
        isInExpansion = wasInExpansion;
    }

    boolean testArgument(Nodes.Parameter parameter, Predicate<Node> test) {
        boolean[] result = new boolean[1];
        enter();
        withArgument(parameter, node -> result[0] = test.test(node));
        depth--;
        return result[0];
    }

    /** The argument of a parameter, or the element of it that is written now; null for one that is not there. */
    @Nullable
    Node argumentOf(Nodes.Parameter parameter) {
        if (scope == null || parameter.index() >= scope.arguments().size()) {
            throw new NotMangledException();
        }
        Node argument = scope.arguments().get(parameter.index());
        if (!isInExpansion || !(argument instanceof Nodes.Pack pack)) {
            return argument;
        }
        if (packSize < 0) {
            packSize = pack.elements().size();
            packIndex = 0;
        }
        return packIndex < pack.elements().size() ? pack.elements().get(packIndex) : null;
    }

    /** A type behind parameters; the caller puts the scope back. */
    Node actual(Node node) {
        Node result = node;
        for (int i = 0; i < MAX_DEPTH && lambdaDepth == 0 && result instanceof Nodes.Parameter parameter; i++) {
            Node argument = argumentOf(parameter);
            if (argument == null || argument instanceof Nodes.Pack) {
                return result;
            }
            result = argument;
            scope = scope == null ? null : scope.outer();
            isInExpansion = false;
        }
        return result;
    }

    int length() {
        return chars.length();
    }

    void cut(int length) {
        chars.setLength(length);
    }

    boolean endsWith(char c) {
        return chars.length() > 0 && chars.charAt(chars.length() - 1) == c;
    }

    private void enter() {
        if (++depth > MAX_DEPTH || ++steps > MAX_STEPS) {
            throw new NotMangledException();
        }
    }

    @Override
    public String toString() {
        return chars.toString();
    }
}
