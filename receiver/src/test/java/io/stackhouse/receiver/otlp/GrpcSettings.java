package io.stackhouse.receiver.otlp;

import io.stackhouse.pipeline.ByteSize;
import io.stackhouse.receiver.auth.AuthConfig;
import io.stackhouse.receiver.tls.TlsConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Settings of the gRPC port for tests: any free port, the defaults, and what a test sets. */
final class GrpcSettings {
    private final GrpcConfig base = GrpcConfig.defaults();
    String endpoint = "127.0.0.1:0";
    int maxRecvMsgSizeMib = RunningReceiver.MAX_BODY_BYTES >> 20;
    ByteSize maxHeaderListSize = base.maxHeaderListSize();
    int maxConcurrentStreams = base.maxConcurrentStreams();
    int maxResetsPerMinute = base.maxResetsPerMinute();
    Duration readTimeout = Duration.ofSeconds(20);
    ByteSize minBodyRate = base.minBodyRate();
    Duration minBodyRateGrace = Duration.ofSeconds(20);
    Duration writeTimeout = Duration.ofSeconds(20);
    int maxConnections = base.maxConnections();
    int maxConnectionsPerPeer = base.maxConnectionsPerPeer();
    Duration handshakeTimeout = Duration.ofSeconds(20);
    KeepaliveConfig keepalive = base.keepalive();

    @Nullable
    TlsConfig tls;

    @Nullable
    AuthConfig auth;

    GrpcConfig grpc() {
        return new GrpcConfig(
                endpoint,
                maxRecvMsgSizeMib,
                maxHeaderListSize,
                maxConcurrentStreams,
                maxResetsPerMinute,
                readTimeout,
                minBodyRate,
                minBodyRateGrace,
                writeTimeout,
                maxConnections,
                maxConnectionsPerPeer,
                handshakeTimeout,
                keepalive,
                tls,
                auth);
    }

    /** A receiver's settings with gRPC alone. */
    OtlpConfig config() {
        return RunningReceiver.config(new OtlpConfig.Protocols(grpc(), null), 64);
    }
}
