package io.stackhouse.processor.filter;

/** A condition can't be decided for an item, such as when a function is given what it can't take. Cheap: it has no stack trace. */
final class EvaluationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EvaluationException(String message) {
        super(message, null, false, false);
    }
}
