package io.stackhouse.pipeline;

/** A component can't start since it doesn't get a port: it may be that of one that ends. */
public final class PortTakenException extends IllegalStateException {
    private static final long serialVersionUID = 1L;
    private final int port;

    /**
     * Says which port.
     *
     * @param message which address, why, and what would do
     */
    public PortTakenException(String message, int port, Throwable cause) {
        super(message, cause);
        this.port = port;
    }

    public int port() {
        return port;
    }
}
