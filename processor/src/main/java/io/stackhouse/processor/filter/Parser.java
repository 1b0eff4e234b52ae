package io.stackhouse.processor.filter;

import io.stackhouse.pipeline.Signal;
import io.stackhouse.processor.filter.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compiles conditions. One use, one thread.
 *
 * <pre>
 * condition  = term { "or" term }
 * term       = factor { "and" factor }
 * factor     = "not" factor | "(" condition ")" | value [ operator value ]
 * value      = "text" | number | true | false | nil | constant | path | function "(" [ argument { "," argument } ] ")"
 * path       = name { "." name } [ "[" "text" "]" ]
 * operator   = == | != | &lt; | &lt;= | &gt; | &gt;=
 * </pre>
 */
final class Parser {
    private static final int MAX_DEPTH = 50;
    private static final Set<String> WORDS = Set.of("and", "or", "not");
    private static final Map<String, Integer> CONSTANTS = Map.of(
            "SPAN_KIND_UNSPECIFIED", 0,
            "SPAN_KIND_INTERNAL", 1,
            "SPAN_KIND_SERVER", 2,
            "SPAN_KIND_CLIENT", 3,
            "SPAN_KIND_PRODUCER", 4,
            "SPAN_KIND_CONSUMER", 5,
            "STATUS_CODE_UNSET", 0,
            "STATUS_CODE_OK", 1,
            "STATUS_CODE_ERROR", 2);

    private final List<Token> tokens;
    private final Paths paths;
    private final Signal signal;
    private final String context;
    private int at;
    private int depth;

    private Parser(String text, Signal signal, String context) {
        this.tokens = Lexer.tokens(text);
        this.paths = Paths.of(signal);
        this.signal = signal;
        this.context = context;
    }

    /**
     * Compiles a condition.
     *
     * @param context what a path begins with that names none, such as {@code span}; empty when each must name its own
     * @throws ConditionException with the place of the mistake and what is allowed
     */
    static Condition parse(String text, Signal signal, String context) {
        Parser parser = new Parser(text, signal, context);
        Condition condition = parser.condition();
        if (parser.token().kind() != Kind.END) {
            throw parser.unexpected("and, or, or the end");
        }
        return AnyFrame.over(condition);
    }

    private Condition condition() {
        List<Condition> parts = new ArrayList<>();
        parts.add(term());
        while (token().is("or")) {
            at++;
            parts.add(term());
        }
        return parts.size() == 1 ? parts.get(0) : new Condition.Any(parts);
    }

    private Condition term() {
        List<Condition> parts = new ArrayList<>();
        parts.add(factor());
        while (token().is("and")) {
            at++;
            parts.add(factor());
        }
        return parts.size() == 1 ? parts.get(0) : new Condition.All(parts);
    }

    private Condition factor() {
        if (++depth > MAX_DEPTH) {
            throw new ConditionException(token().offset(), "more than " + MAX_DEPTH + " levels; write it flatter");
        }
        try {
            if (token().is("not")) {
                at++;
                return new Condition.Not(factor());
            }
            if (token().kind() == Kind.OPEN) {
                at++;
                Condition inner = condition();
                expect(Kind.CLOSE, "and, or, or )");
                return inner;
            }
            return comparison();
        } finally {
            depth--;
        }
    }

    private Condition comparison() {
        Token first = token();
        Operand left = value();
        if (token().kind() == Kind.OPERATOR) {
            String operator = next().text();
            return new Condition.Comparison(left, operator, value());
        }
        if (left instanceof Condition.AsOperand condition) {
            return condition.condition();
        }
        if (first.kind() != Kind.NAME || (left.uses() == 0 && !first.is("true") && !first.is("false"))) {
            throw unexpected("one of == != < <= > >=");
        }
        return new Condition.Truth(left);
    }

    private Operand value() {
        Token token = token();
        if (token.kind() == Kind.NAME && !WORDS.contains(token.text())) {
            at++;
            return named(token);
        }
        Operand literal = switch (token.kind()) {
            case STRING -> Operand.of(0, (cursor, into) -> into.set(token.text()));
            case INTEGER -> literal(whole(token));
            case DECIMAL -> literal(Double.parseDouble(token.text()));
            default -> throw unexpected("a path, a \"text\", a number, true, false, nil or a function");
        };
        at++;
        return literal;
    }

    private static Operand literal(long value) {
        return Operand.of(0, (cursor, into) -> into.set(value));
    }

    private static Operand literal(double value) {
        return Operand.of(0, (cursor, into) -> into.set(value));
    }

    private static long whole(Token token) {
        try {
            return Long.parseLong(token.text());
        } catch (NumberFormatException e) {
            throw new ConditionException(
                    token.offset(), token.text() + " is too large; write a whole number of at most 64 bits");
        }
    }

    private Operand named(Token name) {
        if (token().kind() == Kind.OPEN) {
            return function(name);
        }
        boolean isAlone = token().kind() != Kind.DOT && token().kind() != Kind.OPEN_KEY;
        if (isAlone && name.is("nil")) {
            return Operand.of(0, (cursor, into) -> into.setNil());
        }
        if (isAlone && (name.is("true") || name.is("false"))) {
            boolean value = name.is("true");
            return Operand.of(0, (cursor, into) -> into.set(value));
        }
        Integer constant = isAlone ? CONSTANTS.get(name.text()) : null;
        return constant == null ? path(name) : literal(constant.longValue());
    }

    private Operand path(Token first) {
        StringBuilder name = new StringBuilder(first.text());
        while (token().kind() == Kind.DOT) {
            at++;
            name.append('.').append(expect(Kind.NAME, "a name").text());
        }
        boolean hasKey = token().kind() == Kind.OPEN_KEY;
        String key = "";
        if (hasKey) {
            at++;
            key = expect(Kind.STRING, "a key in quotes").text();
            expect(Kind.CLOSE_KEY, "]");
        }
        Operand found = found(name.toString(), hasKey ? key : null);
        if (found == null && !context.isEmpty()) {
            found = found(context + "." + name, hasKey ? key : null);
        }
        if (found == null) {
            throw unknown(first, name.toString(), hasKey);
        }
        return found;
    }

    private @Nullable Operand found(String name, @Nullable String key) {
        return key == null ? paths.field(name) : paths.entry(name, key);
    }

    private ConditionException unknown(Token first, String name, boolean hasKey) {
        if (!hasKey && paths.isMap(name)) {
            return new ConditionException(first.offset(), name + " needs a key; write " + name + "[\"key\"]");
        }
        return new ConditionException(
                first.offset(),
                "there is no " + name + (hasKey ? "[…]" : "") + " in " + signal.configName() + "; allowed: "
                        + paths.allowed());
    }

    private Operand function(Token name) {
        at++;
        Operand result = switch (name.text()) {
            case "IsMatch" -> {
                Operand target = value();
                expect(Kind.COMMA, "a comma and a pattern");
                Token pattern = expect(Kind.STRING, "a pattern in quotes");
                yield test(target, Functions.match(pattern.text(), pattern.offset()));
            }
            case "HasPrefix", "HasSuffix" -> {
                Operand target = value();
                expect(Kind.COMMA, "a comma and a text");
                Token end = expect(Kind.STRING, "a text in quotes");
                yield test(target, Functions.endTest(name.text(), end.text()));
            }
            case "IsString", "IsInt", "IsDouble", "IsBool" -> test(value(), Functions.typeTest(name.text()));
            case "Int", "Double" -> Functions.number(name.text(), value());
            case "IsRootSpan" -> rootSpan(name);
            case "AnyFrame" -> anyFrame(name);
            default ->
                throw new ConditionException(
                        name.offset(),
                        "there is no function " + name.text() + "; allowed: " + String.join(", ", Functions.NAMES));
        };
        expect(Kind.CLOSE, ")");
        return result;
    }

    private static Operand test(Operand target, Condition.Test.Decision decision) {
        return new Condition.AsOperand(new Condition.Test(target, decision));
    }

    private Operand rootSpan(Token name) {
        if (signal != Signal.TRACES) {
            throw new ConditionException(name.offset(), "IsRootSpan is for traces");
        }
        return Operand.of(
                Operand.ITEM,
                (cursor, into) -> into.set(cursor.span.getParentSpanId().isEmpty()));
    }

    private Operand anyFrame(Token name) {
        if (signal != Signal.PROFILES) {
            throw new ConditionException(name.offset(), "AnyFrame is for profiles");
        }
        Condition body = condition();
        if ((body.uses() & Operand.FRAME) == 0) {
            throw new ConditionException(
                    name.offset(), "AnyFrame needs a condition on frames, such as frame.module == \"libc.so\"");
        }
        return new Condition.AsOperand(AnyFrame.over(body));
    }

    private Token token() {
        return tokens.get(at);
    }

    private Token next() {
        return at < tokens.size() - 1 ? tokens.get(at++) : tokens.get(at);
    }

    private Token expect(Kind kind, String allowed) {
        if (token().kind() != kind) {
            throw unexpected(allowed);
        }
        return next();
    }

    private ConditionException unexpected(String allowed) {
        return new ConditionException(token().offset(), "found " + token().described() + "; allowed here: " + allowed);
    }
}
