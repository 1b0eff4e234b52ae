package io.stackhouse.processor.filter;

/**
 * One word of a condition.
 *
 * @param text the word; of a string, what it stands for
 * @param offset where it begins, from 0
 */
record Token(Kind kind, String text, int offset) {
    /** Kinds of words. */
    enum Kind {
        NAME,
        STRING,
        INTEGER,
        DECIMAL,
        OPERATOR,
        OPEN,
        CLOSE,
        OPEN_KEY,
        CLOSE_KEY,
        DOT,
        COMMA,
        END
    }

    boolean is(String word) {
        return kind == Kind.NAME && text.equals(word);
    }

    /** For messages. */
    String described() {
        return kind == Kind.END ? "the end" : kind == Kind.STRING ? "the text \"" + text + "\"" : "'" + text + "'";
    }
}
