package io.stackhouse.pipeline;

/** A request is wrong and must not be sent again as it is. The message says what to mend. */
public final class RejectedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RejectedException(String message) {
        super(message);
    }

    public RejectedException(String message, Throwable cause) {
        super(message, cause);
    }
}
