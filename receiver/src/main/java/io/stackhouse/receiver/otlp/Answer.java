package io.stackhouse.receiver.otlp;

/** How a transport answers one request. One of the methods is called, once, by any thread. */
interface Answer {
    /**
     * Success, partial success included.
     *
     * @param response the encoded response message
     */
    void ok(byte[] response);

    void fail(Failure failure);
}
