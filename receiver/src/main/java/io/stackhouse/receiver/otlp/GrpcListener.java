package io.stackhouse.receiver.otlp;

import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.stackhouse.pipeline.Signal;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** The gRPC port. Started and closed by the receiver's thread. */
final class GrpcListener implements Listener {
    private static final int MAX_HEADER_BYTES = 16 * 1024;
    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Server server;

    GrpcListener(OtlpConfig.Grpc config, Intake intake, EventLoopGroup eventLoops, Executor workers) {
        this.server = NettyServerBuilder.forAddress(
                        Endpoint.parse(config.endpoint()).address())
                .bossEventLoopGroup(eventLoops)
                .workerEventLoopGroup(eventLoops)
                .channelType(NioServerSocketChannel.class)
                .executor(workers)
                .maxInboundMessageSize(config.maxRecvMsgSizeMib() << 20)
                .maxInboundMetadataSize(MAX_HEADER_BYTES)
                .maxConcurrentCallsPerConnection(config.maxConcurrentStreams())
                .addService(service(Signal.PROFILES, config, intake, eventLoops))
                .addService(service(Signal.TRACES, config, intake, eventLoops))
                .build();
    }

    private static ServerServiceDefinition service(
            Signal signal, OtlpConfig.Grpc config, Intake intake, EventLoopGroup timer) {
        String name = signal == Signal.PROFILES
                ? "opentelemetry.proto.collector.profiles.v1development.ProfilesService"
                : "opentelemetry.proto.collector.trace.v1.TraceService";
        MethodDescriptor<GrpcBody, byte[]> export = MethodDescriptor.<GrpcBody, byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(name, "Export"))
                .setRequestMarshaller(new GrpcBody.Marshaller())
                .setResponseMarshaller(new GrpcBody.AnswerMarshaller())
                .build();
        long readTimeoutNanos = config.readTimeout().toNanos();
        return ServerServiceDefinition.builder(name)
                .addMethod(export, new GrpcExport(signal, intake, timer, readTimeoutNanos))
                .build();
    }

    @Override
    public InetSocketAddress start() throws IOException {
        server.start();
        return (InetSocketAddress) server.getListenSockets().get(0);
    }

    @Override
    public void stopAccepting() {
        server.shutdown();
    }

    @Override
    public void close() {
        try {
            if (!server.shutdown().awaitTermination(CLOSE_NANOS, TimeUnit.NANOSECONDS)) {
                server.shutdownNow();
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
