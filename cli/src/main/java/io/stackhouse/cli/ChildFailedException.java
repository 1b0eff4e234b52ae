package io.stackhouse.cli;

/** A part did not start or ended before it was asked to; the message has its last lines. */
public final class ChildFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ChildFailedException(String message) {
        super(message);
    }
}
