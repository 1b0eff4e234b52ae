package io.stackhouse.pipeline;

/**
 * A setting that nobody may see: a token, a password, a file's content with such. Its text, and so that of a settings record
 * around it, doesn't show the value; read it with {@link #value} where it is used, and put it into no message. Immutable.
 */
public record Secret(String value) {
    private static final String SHOWN = "[REDACTED]";

    @Override
    public String toString() {
        return SHOWN;
    }
}
