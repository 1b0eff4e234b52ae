package io.stackhouse.pipeline;

/** A request doesn't show who sends it, or not in a way that is believed. The message never holds what was sent. */
public final class UnauthenticatedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String challenge;

    /**
     * @param message what is expected
     * @param challenge for the header {@code WWW-Authenticate}, such as {@code Bearer} or {@code Basic realm="otlp"}
     */
    public UnauthenticatedException(String message, String challenge) {
        super(message, null, false, false);
        this.challenge = challenge;
    }

    public String challenge() {
        return challenge;
    }
}
