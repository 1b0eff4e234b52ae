package io.stackhouse.agent.context;

/** A process context that is not what OTEP 4719 says. Ordinary, since processes may publish anything: without a stack trace. */
final class ContextFormatException extends Exception {
    private static final long serialVersionUID = 1;

    ContextFormatException(String message) {
        super(message, null, false, false);
    }
}
