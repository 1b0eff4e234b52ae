package io.stackhouse.cli.load;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Takes profiles requests over gRPC, reads their bytes, and answers each at once with an empty message: as little as a collector can do. What a collector takes beside it is its own.
 *
 * <p>Threads: those of gRPC's event loops. Loopback only.
 */
public final class EchoServer implements AutoCloseable {

    private static final int MAX_MESSAGE_BYTES = 64 << 20;
    private static final long CLOSE_SECONDS = 5;
    private static final byte[] EMPTY = {};

    private final Server server;
    private final LongAdder requests = new LongAdder();

    private EchoServer(int port) throws IOException {
        ServerServiceDefinition service = ServerServiceDefinition.builder(GrpcBytes.SERVICE)
                .addMethod(GrpcBytes.EXPORT, ServerCalls.asyncUnaryCall((request, answer) -> {
                    requests.increment();
                    answer.onNext(EMPTY);
                    answer.onCompleted();
                }))
                .build();
        this.server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .directExecutor()
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .addService(service)
                .build()
                .start();
    }

    /** Listens; port 0 takes a free one. */
    public static EchoServer start(int port) throws IOException {
        return new EchoServer(port);
    }

    public int port() {
        return server.getPort();
    }

    public long requests() {
        return requests.sum();
    }

    @Override
    public void close() {
        server.shutdownNow();
        try {
            server.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
