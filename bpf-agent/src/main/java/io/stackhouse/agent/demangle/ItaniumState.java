package io.stackhouse.agent.demangle;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the parsers of names, types and expressions share: the place, what substitutions mean, the template's arguments. Threads: one. */
final class ItaniumState {
    private static final int MAX_DEPTH = 96;
    private static final int MAX_SUBSTITUTIONS = 4096;

    final Cursor in;
    final ItaniumTypes types;
    final ItaniumExpressions expressions;
    final ItaniumNames names;

    private final List<Node> substitutions = new ArrayList<>();
    private int depth;

    /** Arguments of the template whose parameters are referred to. */
    List<Node> templateArguments = List.of();

    /** Behind the type of a conversion stand the arguments of the operator, not those of the type. */
    boolean isInConversion;

    ItaniumState(String symbol, int start) {
        in = new Cursor(symbol, start);
        types = new ItaniumTypes(this);
        expressions = new ItaniumExpressions(this);
        names = new ItaniumNames(this);
    }

    /** To be called where parsing recurses; {@link #leave} undoes it. */
    void enter() {
        if (++depth > MAX_DEPTH) {
            throw new NotMangledException();
        }
    }

    void leave() {
        depth--;
    }

    <T extends Node> T remember(T node) {
        if (substitutions.size() >= MAX_SUBSTITUTIONS) {
            throw new NotMangledException();
        }
        substitutions.add(node);
        return node;
    }

    void forgetLast() {
        substitutions.remove(substitutions.size() - 1);
    }

    /** Behind the S: {@code _}, {@code 0_}, {@code 1_} and so on in base 36. */
    Node numberedSubstitution() {
        int index = 0;
        if (!in.take('_')) {
            while (in.peek() != '_') {
                char c = in.next();
                int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'Z' ? c - 'A' + 10 : -1;
                if (digit < 0 || index > MAX_SUBSTITUTIONS) {
                    throw new NotMangledException();
                }
                index = index * 36 + digit;
            }
            in.expect('_');
            index++;
        }
        if (index >= substitutions.size()) {
            throw new NotMangledException();
        }
        return substitutions.get(index);
    }

    /** {@code T_}, {@code T0_}: an argument of the template. */
    Node templateParameter() {
        in.expect('T');
        int index = in.take('_') ? 0 : in.number() + 1;
        if (index > 0) {
            in.expect('_');
        }
        return new Nodes.Parameter(index);
    }

    static Nodes.@Nullable Abbreviation standard(char c) {
        return switch (c) {
            case 'a' -> new Nodes.Abbreviation("std::allocator", "std::allocator", "allocator");
            case 'b' -> new Nodes.Abbreviation("std::basic_string", "std::basic_string", "basic_string");
            case 's' ->
                new Nodes.Abbreviation(
                        "std::string",
                        "std::basic_string<char, std::char_traits<char>, std::allocator<char> >",
                        "basic_string");
            case 'i' ->
                new Nodes.Abbreviation(
                        "std::istream", "std::basic_istream<char, std::char_traits<char> >", "basic_istream");
            case 'o' ->
                new Nodes.Abbreviation(
                        "std::ostream", "std::basic_ostream<char, std::char_traits<char> >", "basic_ostream");
            case 'd' ->
                new Nodes.Abbreviation(
                        "std::iostream", "std::basic_iostream<char, std::char_traits<char> >", "basic_iostream");
            default -> null;
        };
    }
}
