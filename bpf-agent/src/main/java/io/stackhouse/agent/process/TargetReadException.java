package io.stackhouse.agent.process;

/** Another process's memory could not be read or made no sense: it ended, changed it meanwhile, or is of an unknown kind. Ordinary, so without a stack trace. */
public final class TargetReadException extends Exception {
    private static final long serialVersionUID = 1;

    public TargetReadException(String message) {
        super(message, null, false, false);
    }
}
