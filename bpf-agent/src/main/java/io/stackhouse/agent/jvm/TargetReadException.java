package io.stackhouse.agent.jvm;

/** Another process's memory could not be read or made no sense: it ended, changed it meanwhile, or is of an unknown kind. Ordinary, so without a stack trace. */
final class TargetReadException extends Exception {
    private static final long serialVersionUID = 1;

    TargetReadException(String message) {
        super(message, null, false, false);
    }
}
