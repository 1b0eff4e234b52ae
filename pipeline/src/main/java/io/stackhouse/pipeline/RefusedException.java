package io.stackhouse.pipeline;

/** A request can't be taken now and should be sent again later. */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final long retryAfterNanos;

    /**
     * @param message what is full, how full, and what would help
     * @param retryAfterNanos how long the client should wait, more than 0
     */
    public RefusedException(String message, long retryAfterNanos) {
        super(message, null, false, false);
        this.retryAfterNanos = retryAfterNanos;
    }

    public long retryAfterNanos() {
        return retryAfterNanos;
    }
}
