package io.stackhouse.receiver.otlp;

/** A request is larger than the limit; it must not be sent again as it is. */
final class TooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLargeException(String message) {
        super(message, null, false, false);
    }
}
