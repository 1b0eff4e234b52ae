package io.stackhouse.cli.load;

/**
 * Sends requests to one endpoint and doesn't wait for their answers.
 *
 * <p>Threads: one sends; answers come on threads of the sender's own, and must not block. {@link #close} ends its connections; what has no answer by then gets {@link Answer.Kind#NONE}, or nothing.
 */
public interface Sender extends AutoCloseable {

    /** Sends a body, which is the sender's from then on. The answer comes once, perhaps before this returns. */
    void send(byte[] body, Listener listener);

    @Override
    void close();

    /** Gets the answer to one request. */
    @FunctionalInterface
    interface Listener {
        void answered(Answer answer);
    }

    /**
     * What became of a request.
     *
     * @param retryAfterNanos how long the server asks to wait, 0 when it doesn't say
     * @param message for a person, empty when all is well
     */
    record Answer(Kind kind, long retryAfterNanos, String message) {

        /** Kinds of answers. */
        public enum Kind {
            ACCEPTED,
            /** Not now: to be sent again. */
            REFUSED,
            /** Never: it was wrong, or nobody is there for it. */
            REJECTED,
            /** No answer: the server may have it or not. */
            NONE
        }

        static final Answer ACCEPTED = new Answer(Kind.ACCEPTED, 0, "");
    }
}
