package io.stackhouse.pipeline;

/** A request is larger than a limit, before or after decompression, or when decoded; it must not be sent again as it is. */
public final class TooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Says which limit.
     *
     * @param message the limit, its setting, and what would do
     */
    public TooLargeException(String message) {
        super(message, null, false, false);
    }
}
