package io.stackhouse.processor.filter;

import io.stackhouse.processor.filter.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/** Cuts a condition into words. One use, one thread. */
final class Lexer {
    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private Lexer(String text) {
        this.text = text;
    }

    /** The words, and one of kind END behind them. */
    static List<Token> tokens(String text) {
        Lexer lexer = new Lexer(text);
        while (lexer.skipBlanks()) {
            lexer.next();
        }
        lexer.tokens.add(new Token(Kind.END, "", text.length()));
        return lexer.tokens;
    }

    private boolean skipBlanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at < text.length();
    }

    private void next() {
        char c = text.charAt(at);
        if (isLetter(c)) {
            word();
        } else if (isDigit(c) || (c == '-' && at + 1 < text.length() && isDigit(text.charAt(at + 1)))) {
            number();
        } else if (c == '"') {
            string();
        } else {
            sign(c);
        }
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private void word() {
        int from = at;
        while (at < text.length() && (isLetter(text.charAt(at)) || isDigit(text.charAt(at)))) {
            at++;
        }
        add(Kind.NAME, from);
    }

    private void number() {
        int from = at++;
        boolean isDecimal = false;
        while (at < text.length()) {
            char c = text.charAt(at);
            boolean isPoint = c == '.' && !isDecimal && at + 1 < text.length() && isDigit(text.charAt(at + 1));
            if (!isDigit(c) && !isPoint) {
                break;
            }
            isDecimal |= isPoint;
            at++;
        }
        add(isDecimal ? Kind.DECIMAL : Kind.INTEGER, from);
    }

    private void string() {
        int from = at++;
        StringBuilder value = new StringBuilder();
        while (at < text.length() && text.charAt(at) != '"') {
            char c = text.charAt(at++);
            if (c != '\\') {
                value.append(c);
            } else if (at < text.length()) {
                value.append(escaped(text.charAt(at++)));
            }
        }
        if (at == text.length()) {
            throw new ConditionException(from, "this text doesn't end; close it with \"");
        }
        at++;
        tokens.add(new Token(Kind.STRING, value.toString(), from));
    }

    private String escaped(char c) {
        return switch (c) {
            case '"', '\\' -> String.valueOf(c);
            case 'n' -> "\n";
            case 't' -> "\t";
            case 'r' -> "\r";
            default ->
                throw new ConditionException(
                        at - 2,
                        "\\" + c + " means nothing in a text; write \\\\" + c + " for a backslash and " + c
                                + "; allowed: \\\\ \\\" \\n \\r \\t");
        };
    }

    private void sign(char c) {
        int from = at++;
        boolean isFollowedByEquals = at < text.length() && text.charAt(at) == '=';
        if ((c == '<' || c == '>' || c == '=' || c == '!') && isFollowedByEquals) {
            at++;
        } else if (c == '=' || c == '!') {
            throw new ConditionException(from, "'" + c + "' is no operator; write == or != to compare, not to negate");
        }
        Kind kind = switch (c) {
            case '<', '>', '=', '!' -> Kind.OPERATOR;
            case '(' -> Kind.OPEN;
            case ')' -> Kind.CLOSE;
            case '[' -> Kind.OPEN_KEY;
            case ']' -> Kind.CLOSE_KEY;
            case '.' -> Kind.DOT;
            case ',' -> Kind.COMMA;
            default ->
                throw new ConditionException(
                        from,
                        "'" + c + "' has no meaning here; allowed: paths, \"texts\", numbers, functions, and or"
                                + " not, == != < <= > >=, ( )");
        };
        add(kind, from);
    }

    private void add(Kind kind, int from) {
        tokens.add(new Token(kind, text.substring(from, at), from));
    }
}
