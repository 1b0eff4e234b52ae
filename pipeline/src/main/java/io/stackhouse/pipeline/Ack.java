package io.stackhouse.pipeline;

/**
 * The answer to one request: exactly one of the methods is called, once, by any thread, and returns soon.
 */
public interface Ack {
    /** The request is kept as firmly as the journal promises. */
    void accepted();

    /** Not now: the client should send it again later. */
    void refused(RefusedException reason);
}
