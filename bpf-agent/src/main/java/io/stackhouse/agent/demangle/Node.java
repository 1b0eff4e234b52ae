package io.stackhouse.agent.demangle;

/**
 * A part of a C++ name. Types wrap around what they declare, as in {@code void (*)(int)}: one part stands left of it, one right. Immutable; the same node may stand
 * in many places, and template parameters mean what the function around them says when they are written.
 */
interface Node {
    void left(Text out);

    default void right(Text out) {}

    /** A function or an array: what points to it needs parentheses. */
    default boolean isFunction(Text out) {
        return false;
    }

    default boolean isArray(Text out) {
        return false;
    }

    /** Whether what it declares stands within parentheses that it opened. */
    default boolean isWrapping(Text out) {
        return false;
    }

    /** The last name without template arguments: what constructors are called. */
    default Node base() {
        return this;
    }

    /** Whether this writes as one word in an expression, without parentheses. */
    default boolean isSimple() {
        return false;
    }
}
