package io.stackhouse.agent.demangle;

/** A place in a mangled name. Threads: one. Beyond the end it gives zero characters. */
final class Cursor {
    private final String text;
    private int position;

    Cursor(String text, int position) {
        this.text = text;
        this.position = position;
    }

    char peek() {
        return peek(0);
    }

    char peek(int ahead) {
        return position + ahead < text.length() ? text.charAt(position + ahead) : 0;
    }

    char next() {
        char c = peek();
        if (c == 0) {
            throw new NotMangledException();
        }
        position++;
        return c;
    }

    boolean take(char c) {
        if (peek() != c) {
            return false;
        }
        position++;
        return true;
    }

    boolean take(String expected) {
        if (!text.startsWith(expected, position)) {
            return false;
        }
        position += expected.length();
        return true;
    }

    void expect(char c) {
        if (!take(c)) {
            throw new NotMangledException();
        }
    }

    boolean isAtEnd() {
        return position >= text.length();
    }

    boolean isAtDigit() {
        return peek() >= '0' && peek() <= '9';
    }

    int position() {
        return position;
    }

    void moveTo(int to) {
        position = to;
    }

    /** A decimal number below 100 million. */
    int number() {
        if (!isAtDigit()) {
            throw new NotMangledException();
        }
        int value = 0;
        while (isAtDigit()) {
            value = 10 * value + (next() - '0');
            if (value > 100_000_000) {
                throw new NotMangledException();
            }
        }
        return value;
    }

    String chars(int count) {
        if (count < 0 || position + count > text.length()) {
            throw new NotMangledException();
        }
        position += count;
        return text.substring(position - count, position);
    }

    String rest() {
        return text.substring(Math.min(position, text.length()));
    }

    /** The characters up to one that is not consumed. */
    String until(char end) {
        int to = text.indexOf(end, position);
        if (to < 0) {
            throw new NotMangledException();
        }
        return chars(to - position);
    }

    /** From a position to here. */
    String since(int from) {
        return text.substring(from, position);
    }
}
