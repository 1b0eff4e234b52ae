package io.stackhouse.cli.load;

/** Senders to loopback, with their usual settings. Stateless. */
public final class Senders {

    private static final String LOOPBACK = "127.0.0.1";
    private static final int CONNECTIONS = 2;

    private Senders() {}

    /** Over gRPC, not compressed. */
    public static Sender grpc(int port) {
        return new GrpcSender(LOOPBACK, port, CONNECTIONS, false);
    }
}
