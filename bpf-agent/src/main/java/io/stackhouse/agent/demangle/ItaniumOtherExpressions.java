package io.stackhouse.agent.demangle;

import java.util.List;

/** Expressions that are no plain operators: calls, casts, sizes, packs. Threads: one. */
final class ItaniumOtherExpressions {
    private final ItaniumState state;
    private final Cursor in;

    ItaniumOtherExpressions(ItaniumState state) {
        this.state = state;
        in = state.in;
    }

    Node parse(String code) {
        if (code.equals("gs")) {
            in.chars(2);
            return new Nodes.Around("::", expression(), "");
        }
        if (code.charAt(0) == 'f' && "lrLR".indexOf(code.charAt(1)) >= 0) {
            return fold();
        }
        in.chars(2);
        return switch (code) {
            case "cl" -> call();
            case "cv" -> conversion();
            case "tl" -> new Nodes.Pair(state.types.type(), "", list("{", "}"));
            case "il" -> list("{", "}");
            case "dc", "sc", "cc", "rc" -> cast(code);
            case "ti" -> new Nodes.Around("typeid (", state.types.type(), ")");
            case "te" -> new Nodes.Around("typeid (", expression(), ")");
            case "st" -> new Nodes.Around("sizeof (", state.types.type(), ")");
            case "sz" -> new Nodes.Around("sizeof ", wrapped(), "");
            case "at" -> new Nodes.Around("alignof (", state.types.type(), ")");
            case "az" -> new Nodes.Around("alignof ", wrapped(), "");
            case "nx" -> new Nodes.Around("noexcept(", expression(), ")");
            case "dt" -> new Nodes.Pair(wrapped(), ".", member());
            case "pt" -> new Nodes.Pair(wrapped(), "->", member());
            case "ix" -> new Nodes.Pair(wrapped(), "", new Nodes.Around("[", expression(), "]"));
            case "qu" -> new Nodes.Pair(wrapped(), "?", new Nodes.Pair(wrapped(), " : ", wrapped()));
            case "sZ" -> sizeOfPack();
            case "sp" -> new Nodes.Expansion(expression());
            case "sr" -> scoped();
            case "on" -> operatorReference();
            case "tr" -> new Nodes.Name("throw");
            case "tw" -> new Nodes.Around("throw ", expression(), "");
            default -> throw new NotMangledException();
        };
    }

    private Node expression() {
        return state.expressions.expression();
    }

    private Node wrapped() {
        return ItaniumExpressions.wrapped(expression());
    }

    private Node list(String before, String after) {
        return new Nodes.Joined(before, state.expressions.untilE(), after);
    }

    private Node call() {
        Node callee = expression();
        Node function = callee instanceof Nodes.Function f ? f.name() : callee;
        boolean isTemplate = function instanceof Nodes.Qualified q && q.name() instanceof Nodes.Template;
        Node shown = isTemplate ? new Nodes.Around("(", function, ")") : ItaniumExpressions.wrapped(function);
        return new Nodes.Pair(shown, "", list("(", ")"));
    }

    private Node conversion() {
        Node type = state.types.type();
        Node casted = new Nodes.Around("(", type, ")");
        if (in.take('_')) {
            return new Nodes.Pair(casted, "", list("(", ")"));
        }
        return new Nodes.Pair(casted, "", new Nodes.Around("(", expression(), ")"));
    }

    private Node cast(String code) {
        String name = switch (code) {
            case "dc" -> "dynamic_cast<";
            case "sc" -> "static_cast<";
            case "cc" -> "const_cast<";
            default -> "reinterpret_cast<";
        };
        Node type = state.types.type();
        return new Nodes.Pair(new Nodes.Around(name, type, ">"), "", new Nodes.Around("(", expression(), ")"));
    }

    private Node member() {
        return in.isAtDigit() ? state.expressions.unresolvedName() : expression();
    }

    private Node sizeOfPack() {
        Node pack = in.peek() == 'T' ? state.templateParameter() : expression();
        return pack instanceof Nodes.Parameter parameter
                ? new Nodes.PackSize(parameter)
                : new Nodes.Around("sizeof...(", pack, ")");
    }

    /** {@code sr}: a name within a type. */
    private Node scoped() {
        if (in.take('N')) {
            Node scope = state.types.type();
            while (!in.take('E')) {
                scope = new Nodes.Qualified(scope, state.expressions.unresolvedName());
            }
            return new Nodes.Qualified(scope, base());
        }
        if (!in.isAtDigit()) {
            return new Nodes.Qualified(state.types.type(), base());
        }
        Node scope = state.expressions.unresolvedName();
        while (in.isAtDigit()) {
            scope = new Nodes.Qualified(scope, state.expressions.unresolvedName());
        }
        // clang ends the scope with an E, and a name follows; gcc does not.
        boolean hasBase = in.peek() == 'E' && (Character.isDigit(in.peek(1)) || in.peek(1) == 'o' || in.peek(1) == 'd');
        if (!hasBase) {
            return scope;
        }
        in.next();
        return new Nodes.Qualified(scope, base());
    }

    private Node base() {
        if (in.take("on")) {
            return operatorReference();
        }
        if (in.take("dn")) {
            return new Nodes.Around("~", in.isAtDigit() ? state.names.sourceName() : state.types.type(), "");
        }
        return in.isAtDigit() ? state.expressions.unresolvedName() : operatorReference();
    }

    private Node operatorReference() {
        Node name = state.expressions.operatorName();
        return in.peek() == 'I' ? new Nodes.Template(name, state.names.templateArguments(false)) : name;
    }

    private Node fold() {
        in.next();
        char kind = in.next();
        Node operator = state.expressions.operatorName();
        Text name = new Text();
        name.write(operator);
        String mark = name.toString().substring("operator".length());
        Node first = wrapped();
        Node dots = new Nodes.Name("...");
        List<Node> parts = switch (kind) {
            case 'l' -> List.of(dots, first);
            case 'r' -> List.of(first, dots);
            default -> List.of(first, new Nodes.Pair(dots, mark, wrapped()));
        };
        return new Nodes.Around("(", new Nodes.Pair(parts.get(0), mark, parts.get(1)), ")");
    }
}
