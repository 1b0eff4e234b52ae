package io.stackhouse.processor.filter;

/** A condition is no condition; the message begins with the column, from 1, and says what is allowed. */
final class ConditionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param offset of the mistake in the condition's text, from 0
     */
    ConditionException(int offset, String message) {
        super("column " + (offset + 1) + ": " + message);
    }
}
