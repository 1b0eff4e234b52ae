package io.stackhouse.agent.demangle;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Parses types of the Itanium C++ ABI. Threads: one. */
final class ItaniumTypes {
    private static final Map<Character, String> BUILTIN = Map.ofEntries(
            Map.entry('v', "void"),
            Map.entry('w', "wchar_t"),
            Map.entry('b', "bool"),
            Map.entry('c', "char"),
            Map.entry('a', "signed char"),
            Map.entry('h', "unsigned char"),
            Map.entry('s', "short"),
            Map.entry('t', "unsigned short"),
            Map.entry('i', "int"),
            Map.entry('j', "unsigned int"),
            Map.entry('l', "long"),
            Map.entry('m', "unsigned long"),
            Map.entry('x', "long long"),
            Map.entry('y', "unsigned long long"),
            Map.entry('n', "__int128"),
            Map.entry('o', "unsigned __int128"),
            Map.entry('f', "float"),
            Map.entry('d', "double"),
            Map.entry('e', "long double"),
            Map.entry('g', "__float128"),
            Map.entry('z', "..."));
    private static final Map<Character, String> BUILTIN_D = Map.ofEntries(
            Map.entry('d', "decimal64"),
            Map.entry('e', "decimal128"),
            Map.entry('f', "decimal32"),
            Map.entry('h', "half"),
            Map.entry('i', "char32_t"),
            Map.entry('s', "char16_t"),
            Map.entry('u', "char8_t"),
            Map.entry('a', "auto"),
            Map.entry('c', "decltype(auto)"),
            Map.entry('n', "decltype(nullptr)"));

    private final ItaniumState state;
    private final Cursor in;

    ItaniumTypes(ItaniumState state) {
        this.state = state;
        in = state.in;
    }

    static String builtin(char c) {
        return BUILTIN.getOrDefault(c, "");
    }

    Node type() {
        state.enter();
        try {
            return parse();
        } finally {
            state.leave();
        }
    }

    private Node parse() {
        char c = in.peek();
        return switch (c) {
            case 'r', 'V', 'K' -> qualified();
            case 'P' -> state.remember(pointer("*"));
            case 'R' -> state.remember(pointer("&"));
            case 'O' -> state.remember(pointer("&&"));
            case 'C', 'G' -> {
                in.next();
                yield state.remember(new TypeNodes.Qualifier(type(), c == 'C' ? " _Complex" : " _Imaginary"));
            }
            case 'F' -> state.remember(function("", ""));
            case 'A' -> state.remember(array());
            case 'M' -> {
                in.next();
                Node owner = type();
                yield state.remember(new TypeNodes.MemberPointer(owner, type()));
            }
            case 'T' -> parameterOrTagged();
            case 'S' -> substituted();
            case 'D' -> extended();
            case 'u' -> {
                in.next();
                yield state.remember(vendorType());
            }
            case 'U' -> {
                in.next();
                yield state.remember(vendorQualified());
            }
            default -> named(c);
        };
    }

    private Node named(char c) {
        String builtin = BUILTIN.get(c);
        if (builtin != null) {
            in.next();
            return new Nodes.Name(builtin);
        }
        if (in.isAtDigit() || c == 'N' || c == 'Z') {
            return state.remember(className());
        }
        throw new NotMangledException();
    }

    /** Template arguments within a type are not those that the function's parameters refer to. */
    private Node className() {
        List<Node> outer = state.templateArguments;
        Node name = state.names.name();
        state.templateArguments = outer;
        return name;
    }

    private Node qualified() {
        boolean isRestrict = in.take('r');
        boolean isVolatile = in.take('V');
        boolean isConst = in.take('K');
        char c = in.peek();
        boolean isFunction = c == 'F' || (c == 'D' && "oOwx".indexOf(in.peek(1)) >= 0);
        String words = (isConst ? " const" : "") + (isVolatile ? " volatile" : "") + (isRestrict ? " restrict" : "");
        Node inner = isFunction ? functionWithNoexcept(words) : type();
        return state.remember(isFunction ? inner : new TypeNodes.Qualifier(inner, words));
    }

    private Node pointer(String mark) {
        in.next();
        return new TypeNodes.Pointer(type(), mark);
    }

    private Node functionWithNoexcept(String words) {
        String noexcept = "";
        if (in.take("Do")) {
            noexcept = " noexcept";
        } else if (in.take("DO")) {
            Text condition = new Text();
            condition.write(state.expressions.expression());
            in.expect('E');
            noexcept = " noexcept(" + condition + ")";
        } else if (in.take("Dw")) {
            while (!in.take('E')) {
                type();
            }
        }
        boolean isTransaction = in.take("Dx");
        return function(words, (isTransaction ? " transaction_safe" : "") + noexcept);
    }

    private Node function(String words, String after) {
        in.expect('F');
        in.take('Y');
        Node result = type();
        List<Node> parameters = new ArrayList<>();
        if (!in.take('v')) {
            while (in.peek() != 'E' && !isReferenceQualifier()) {
                parameters.add(type());
            }
        }
        String reference = "";
        if (isReferenceQualifier()) {
            reference = in.next() == 'R' ? " &" : " &&";
        }
        in.expect('E');
        return new TypeNodes.Function(result, parameters, words + reference + after);
    }

    private boolean isReferenceQualifier() {
        return (in.peek() == 'R' || in.peek() == 'O') && in.peek(1) == 'E';
    }

    private Node array() {
        in.expect('A');
        Node size;
        if (in.peek() == '_') {
            size = new Nodes.Name("");
        } else if (in.isAtDigit()) {
            size = new Nodes.Name(Integer.toString(in.number()));
        } else {
            size = state.expressions.expression();
        }
        in.expect('_');
        return new TypeNodes.Array(type(), size);
    }

    private Node parameterOrTagged() {
        char d = in.peek(1);
        if (d == 's' || d == 'u' || d == 'e') {
            in.chars(2);
            return state.remember(className());
        }
        Node parameter = state.remember(state.templateParameter());
        return in.peek() == 'I' && !state.isInConversion ? state.remember(template(parameter)) : parameter;
    }

    private Node template(Node name) {
        List<Node> outer = state.templateArguments;
        Node result = new Nodes.Template(name, state.names.templateArguments(false));
        state.templateArguments = outer;
        return result;
    }

    private Node substituted() {
        if (in.peek(1) == 't') {
            return state.remember(className());
        }
        Node known = state.names.substitution();
        return in.peek() == 'I' ? state.remember(template(known)) : known;
    }

    private Node extended() {
        char d = in.peek(1);
        return switch (d) {
            case 't', 'T' -> {
                in.chars(2);
                Node expression = state.expressions.expression();
                in.expect('E');
                yield state.remember(new Nodes.Around("decltype (", expression, ")"));
            }
            case 'p' -> {
                in.chars(2);
                yield state.remember(new Nodes.Expansion(type()));
            }
            case 'v' -> state.remember(vector());
            case 'o', 'O', 'w', 'x' -> state.remember(functionWithNoexcept(""));
            case 'F' -> sizedFloat();
            case 'B', 'U' -> bitInteger(d);
            default -> {
                String name = BUILTIN_D.get(d);
                if (name == null) {
                    throw new NotMangledException();
                }
                in.chars(2);
                yield new Nodes.Name(name);
            }
        };
    }

    private Node bitInteger(char kind) {
        in.chars(2);
        Node bits = in.isAtDigit() ? new Nodes.Name(Integer.toString(in.number())) : state.expressions.expression();
        in.expect('_');
        return new Nodes.Around(kind == 'B' ? "_BitInt(" : "unsigned _BitInt(", bits, ")");
    }

    private Node sizedFloat() {
        in.chars(2);
        int bits = in.number();
        if (in.take('b')) {
            return new Nodes.Name("std::bfloat16_t");
        }
        boolean isExtended = in.take('x');
        if (!isExtended) {
            in.expect('_');
        }
        return new Nodes.Name("_Float" + bits + (isExtended ? "x" : ""));
    }

    private Node vector() {
        in.chars(2);
        Node size;
        if (in.take('_')) {
            size = state.expressions.expression();
        } else {
            size = new Nodes.Name(Integer.toString(in.number()));
        }
        in.expect('_');
        Node element = type();
        return new Nodes.Pair(element, " ", new Nodes.Around("__vector(", size, ")"));
    }

    private Node vendorType() {
        Node name = state.names.sourceName();
        return in.peek() == 'I' ? template(name) : name;
    }

    private Node vendorQualified() {
        String name = in.chars(in.number());
        if (in.peek() == 'I') {
            template(new Nodes.Name(name));
        }
        return new TypeNodes.Qualifier(type(), " " + name);
    }
}
