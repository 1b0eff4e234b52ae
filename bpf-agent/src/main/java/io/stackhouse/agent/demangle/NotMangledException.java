package io.stackhouse.agent.demangle;

/** What is read is no mangled name, or one beyond the bounds. Has no stack trace, since it is made often and never shown. */
final class NotMangledException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotMangledException() {
        super("not a mangled name", null, false, false);
    }
}
