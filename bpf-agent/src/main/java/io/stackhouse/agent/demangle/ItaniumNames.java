package io.stackhouse.agent.demangle;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parses encodings and names of the Itanium C++ ABI. Threads: one. */
final class ItaniumNames {
    private static final Node STD = new Nodes.Name("std");
    private static final String ANONYMOUS = "(anonymous namespace)";

    private final ItaniumState state;
    private final Cursor in;

    ItaniumNames(ItaniumState state) {
        this.state = state;
        in = state.in;
    }

    /** What has to be known of a name to read the types behind it. */
    private static final class Shape {
        boolean isTemplate;
        boolean hasNoResult;
        String qualifiers = "";
    }

    /** The whole symbol. */
    String demangle() {
        Text out = new Text();
        out.write(encoding(true));
        while (in.peek() == '.') {
            out.append(" [clone " + cloneName() + "]");
        }
        if (!in.isAtEnd()) {
            throw new NotMangledException();
        }
        return out.toString();
    }

    /** {@code .constprop.0}: a word and its numbers. */
    private String cloneName() {
        int from = in.position();
        in.next();
        while (Character.isLetter(in.peek()) || in.peek() == '_') {
            in.next();
        }
        while (in.peek() == '.' && in.peek(1) >= '0' && in.peek(1) <= '9') {
            in.next();
            in.number();
        }
        if (in.position() == from + 1) {
            throw new NotMangledException();
        }
        return in.since(from);
    }

    Node encoding(boolean withResult) {
        state.enter();
        List<Node> outerArguments = state.templateArguments;
        try {
            char c = in.peek();
            char d = in.peek(1);
            if ((c == 'T' && d != '_' && !Character.isDigit(d)) || (c == 'G' && "VRATI".indexOf(d) >= 0)) {
                return new ItaniumSpecials(state).special();
            }
            Shape shape = new Shape();
            Node name = name(shape);
            if (isEndOfEncoding()) {
                return name;
            }
            List<Node> arguments = state.templateArguments;
            Node result = null;
            if (shape.isTemplate && !shape.hasNoResult) {
                Node type = state.types.type();
                result = withResult ? type : null;
            }
            return new Nodes.Function(name, result, parameters(), shape.qualifiers, arguments);
        } finally {
            state.templateArguments = outerArguments;
            state.leave();
        }
    }

    List<Node> parameters() {
        List<Node> parameters = new ArrayList<>();
        if (in.take('v')) {
            return parameters;
        }
        while (!isEndOfEncoding()) {
            parameters.add(state.types.type());
        }
        return parameters;
    }

    private boolean isEndOfEncoding() {
        char c = in.peek();
        return c == 0 || c == 'E' || c == '.' || c == '_';
    }

    Node name() {
        return name(new Shape());
    }

    private Node name(Shape shape) {
        state.enter();
        try {
            return switch (in.peek()) {
                case 'N' -> nested(shape);
                case 'Z' -> local(shape);
                default -> unscoped(shape);
            };
        } finally {
            state.leave();
        }
    }

    private Node unscoped(Shape shape) {
        Node name;
        boolean isSubstitution = in.peek() == 'S' && in.peek(1) != 't';
        if (isSubstitution) {
            name = substitution();
        } else {
            boolean isStandard = in.take("St");
            name = unqualified(null, shape);
            name = isStandard ? new Nodes.Qualified(STD, name) : name;
        }
        if (in.peek() == 'I') {
            if (!isSubstitution) {
                state.remember(name);
            }
            shape.isTemplate = true;
            return new Nodes.Template(name, templateArguments(true));
        }
        return name;
    }

    Node substitution() {
        in.expect('S');
        Node standard = ItaniumState.standard(in.peek());
        if (standard == null) {
            return state.numberedSubstitution();
        }
        in.next();
        Node tagged = tags(standard);
        return tagged == standard ? standard : state.remember(tagged);
    }

    private Node nested(Shape shape) {
        in.expect('N');
        shape.qualifiers = qualifiers();
        Node soFar = null;
        while (!in.take('E')) {
            char c = in.peek();
            if (c == 'S' && in.peek(1) != 't') {
                if (soFar != null) {
                    throw new NotMangledException();
                }
                soFar = substitution();
                if (soFar instanceof Nodes.Abbreviation a && (in.peek() == 'C' || in.peek() == 'D')) {
                    soFar = new Nodes.Abbreviation(a.whole(), a.whole(), a.baseName());
                }
                continue;
            }
            soFar = prefix(soFar, c, shape);
            if (in.peek() != 'E') {
                state.remember(soFar);
            }
            in.take('M');
        }
        if (soFar == null) {
            throw new NotMangledException();
        }
        return soFar;
    }

    private Node prefix(@Nullable Node soFar, char c, Shape shape) {
        if (c == 'I') {
            if (soFar == null) {
                throw new NotMangledException();
            }
            shape.isTemplate = true;
            return new Nodes.Template(soFar, templateArguments(true));
        }
        if (c == 'T') {
            return state.templateParameter();
        }
        if (c == 'D' && (in.peek(1) == 't' || in.peek(1) == 'T')) {
            return state.types.type();
        }
        if (in.take("St")) {
            return new Nodes.Qualified(STD, unqualified(null, shape));
        }
        Node name = unqualified(soFar, shape);
        return soFar == null ? name : new Nodes.Qualified(soFar, name);
    }

    /** Behind an N: const and what the function is called on. */
    private String qualifiers() {
        String words = "";
        boolean isRestrict = in.take('r');
        boolean isVolatile = in.take('V');
        words += in.take('K') ? " const" : "";
        words += isVolatile ? " volatile" : "";
        words += isRestrict ? " restrict" : "";
        return words + (in.take('R') ? " &" : in.take('O') ? " &&" : "");
    }

    private Node local(Shape shape) {
        in.expect('Z');
        Node function = encoding(false);
        in.expect('E');
        if (in.take('s')) {
            discriminator();
            return new Nodes.Qualified(function, new Nodes.Name("string literal"));
        }
        String before = "";
        if (in.take('d')) {
            int number = in.isAtDigit() ? in.number() + 2 : 1;
            in.expect('_');
            before = "{default arg#" + number + "}::";
        }
        Node entity = name(shape);
        discriminator();
        return new Nodes.Pair(function, "::" + before, entity);
    }

    private void discriminator() {
        if (in.peek() == '_' && in.peek(1) == '_') {
            in.next();
            in.next();
            in.number();
            in.expect('_');
        } else if (in.peek() == '_' && in.peek(1) >= '0' && in.peek(1) <= '9') {
            in.next();
            in.next();
        }
    }

    private Node unqualified(@Nullable Node scope, Shape shape) {
        shape.isTemplate = false;
        shape.hasNoResult = false;
        in.take('L');
        char c = in.peek();
        Node name;
        if (in.isAtDigit()) {
            name = sourceName();
        } else if (c == 'U') {
            name = unnamed();
        } else if (c == 'C' || (c == 'D' && in.peek(1) != 'C')) {
            name = constructor(scope, shape);
        } else if (in.take("DC")) {
            List<Node> parts = new ArrayList<>();
            while (!in.take('E')) {
                parts.add(sourceName());
            }
            name = new Nodes.Joined("[", parts, "]");
        } else {
            shape.hasNoResult = c == 'c' && in.peek(1) == 'v';
            name = state.expressions.operatorName();
        }
        return tags(name);
    }

    private Node tags(Node name) {
        Node tagged = name;
        while (in.take('B')) {
            tagged = new Nodes.Tagged(tagged, in.chars(in.number()));
        }
        return tagged;
    }

    Node sourceName() {
        String text = in.chars(in.number());
        if (text.isEmpty()) {
            throw new NotMangledException();
        }
        boolean isAnonymous = text.length() >= 10
                && text.startsWith("_GLOBAL_")
                && "._$".indexOf(text.charAt(8)) >= 0
                && text.charAt(9) == 'N';
        return new Nodes.Name(isAnonymous ? ANONYMOUS : text);
    }

    private Node constructor(@Nullable Node scope, Shape shape) {
        if (scope == null) {
            throw new NotMangledException();
        }
        shape.hasNoResult = true;
        boolean isDestructor = in.next() == 'D';
        boolean isInherited = !isDestructor && in.take('I');
        if ("012345".indexOf(in.next()) < 0) {
            throw new NotMangledException();
        }
        if (isInherited) {
            state.types.type();
        }
        return isDestructor ? new Nodes.Around("~", scope.base(), "") : scope.base();
    }

    private Node unnamed() {
        if (in.take("Ut")) {
            return new Nodes.Name("{unnamed type#" + ordinal() + "}");
        }
        if (!in.take("Ul")) {
            throw new NotMangledException();
        }
        while (in.peek() == 'T' && "ynt".indexOf(in.peek(1)) >= 0) {
            // A template parameter that is spelled out; its use shows as auto.
            in.next();
            if (in.next() == 'n') {
                state.types.type();
            }
        }
        List<Node> parameters = parameters();
        in.expect('E');
        return new Nodes.Lambda(parameters, ordinal());
    }

    private int ordinal() {
        int number = in.isAtDigit() ? in.number() + 2 : 1;
        in.expect('_');
        return number;
    }

    /** Behind a name; {@code isOfName} says that later parameters refer to these arguments. */
    Nodes.TemplateArguments templateArguments(boolean isOfName) {
        in.expect('I');
        List<Node> arguments = new ArrayList<>();
        while (!in.take('E')) {
            arguments.add(templateArgument());
        }
        if (isOfName) {
            state.templateArguments = arguments;
        }
        return new Nodes.TemplateArguments(arguments);
    }

    Node templateArgument() {
        state.enter();
        try {
            if (in.take('X')) {
                Node expression = state.expressions.expression();
                in.expect('E');
                return expression;
            }
            if (in.take('J')) {
                List<Node> pack = new ArrayList<>();
                while (!in.take('E')) {
                    pack.add(templateArgument());
                }
                return new Nodes.Pack(pack);
            }
            return in.peek() == 'L' ? state.expressions.literal() : state.types.type();
        } finally {
            state.leave();
        }
    }
}
