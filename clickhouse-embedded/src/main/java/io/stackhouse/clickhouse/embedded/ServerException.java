package io.stackhouse.clickhouse.embedded;

/** The server can't start or failed; the message says what and what to do, and is all that a user needs. */
final class ServerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ServerException(String message) {
        super(message);
    }

    ServerException(String message, Throwable cause) {
        super(message, cause);
    }
}
