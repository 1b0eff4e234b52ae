package io.stackhouse.receiver.otlp;

import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.receiver.otlp.KeepaliveConfig.EnforcementPolicy;
import io.stackhouse.receiver.otlp.KeepaliveConfig.ServerParameters;
import io.stackhouse.receiver.tls.ServerTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** The gRPC port. Started and closed by the receiver's thread. */
final class GrpcListener implements Listener {
    /**
     * What a connection may send ahead of being asked, and so the bytes of a connection that no request is charged for. gRPC
     * would let it grow to 8 MiB.
     */
    static final int FLOW_CONTROL_BYTES = 256 * 1024;

    private static final int RESET_WINDOW_SECONDS = 60;
    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Server server;

    GrpcListener(
            OtlpConfig receiver,
            GrpcConfig config,
            PortSecurity security,
            Intake intake,
            HttpMetrics metrics,
            EventLoopGroup eventLoops,
            Executor workers) {
        int maxMessageBytes = receiver.maxMessageBytes(config);
        int maxHeaderBytes = (int) config.maxHeaderListSize().bytes();
        GrpcConnections connections = new GrpcConnections(config, metrics);
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        Endpoint.parse(config.endpoint()).address())
                .bossEventLoopGroup(eventLoops)
                .workerEventLoopGroup(eventLoops)
                .channelFactory(() -> serverChannel(connections, security))
                .executor(workers)
                .flowControlWindow(FLOW_CONTROL_BYTES)
                .maxInboundMessageSize(maxMessageBytes)
                .maxInboundMetadataSize(maxHeaderBytes)
                .maxConcurrentCallsPerConnection(config.maxConcurrentStreams())
                .maxRstFramesPerWindow(config.maxResetsPerMinute(), RESET_WINDOW_SECONDS)
                .decompressorRegistry(GrpcEncodings.registry())
                .addStreamTracerFactory(GrpcStream.factory(maxMessageBytes))
                .addService(service(Signal.PROFILES, config, intake, metrics, eventLoops))
                .addService(service(Signal.TRACES, config, intake, metrics, eventLoops));
        // Twice, so that the deadline of GrpcConnections comes first and counts whom it closed.
        builder.handshakeTimeout(2 * config.handshakeTimeout().toNanos(), TimeUnit.NANOSECONDS);
        keepAlive(builder, config.keepalive());
        secure(builder, security, intake);
        this.server = builder.build();
    }

    private static ServerChannel serverChannel(GrpcConnections connections, PortSecurity security) {
        ServerChannel channel = new NioServerSocketChannel();
        channel.pipeline().addLast(connections);
        ServerTls tls = security.tls();
        if (tls != null) {
            channel.pipeline().addLast(tls.watch());
        }
        return channel;
    }

    private static void keepAlive(NettyServerBuilder builder, KeepaliveConfig config) {
        ServerParameters server = config.serverParameters();
        EnforcementPolicy policy = config.enforcementPolicy();
        builder.keepAliveTime(server.time().toNanos(), TimeUnit.NANOSECONDS)
                .keepAliveTimeout(server.timeout().toNanos(), TimeUnit.NANOSECONDS)
                .maxConnectionAgeGrace(server.maxConnectionAgeGrace().toNanos(), TimeUnit.NANOSECONDS)
                .permitKeepAliveTime(policy.minTime().toNanos(), TimeUnit.NANOSECONDS)
                .permitKeepAliveWithoutCalls(policy.permitWithoutStream());
        if (!isOff(server.maxConnectionIdle())) {
            builder.maxConnectionIdle(server.maxConnectionIdle().toNanos(), TimeUnit.NANOSECONDS);
        }
        if (!isOff(server.maxConnectionAge())) {
            builder.maxConnectionAge(server.maxConnectionAge().toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private static boolean isOff(Duration duration) {
        return duration.isZero();
    }

    private static void secure(NettyServerBuilder builder, PortSecurity security, Intake intake) {
        ServerTls tls = security.tls();
        if (tls != null) {
            builder.sslContext(tls.context());
        }
        if (security.asksForCredentials()) {
            builder.intercept(new GrpcAuthentication(security, intake))
                    .fallbackHandlerRegistry(GrpcAuthentication.otherMethods());
        }
    }

    private static ServerServiceDefinition service(
            Signal signal, GrpcConfig config, Intake intake, HttpMetrics metrics, EventLoopGroup timers) {
        String name = signal == Signal.PROFILES
                ? "opentelemetry.proto.collector.profiles.v1development.ProfilesService"
                : "opentelemetry.proto.collector.trace.v1.TraceService";
        MethodDescriptor<GrpcBody, byte[]> export = MethodDescriptor.<GrpcBody, byte[]>newBuilder()
                // Unary on the wire. As such, gRPC would reset a call with a second message, which tells clients to
                // retry.
                .setType(MethodDescriptor.MethodType.CLIENT_STREAMING)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(name, "Export"))
                .setRequestMarshaller(new GrpcBody.Marshaller(intake))
                .setResponseMarshaller(new GrpcBody.AnswerMarshaller())
                .build();
        return ServerServiceDefinition.builder(name)
                .addMethod(export, new GrpcExport(signal, config, intake, metrics, timers))
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
