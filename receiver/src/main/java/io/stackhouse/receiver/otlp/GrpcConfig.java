package io.stackhouse.receiver.otlp;

import io.stackhouse.pipeline.ByteSize;
import io.stackhouse.receiver.auth.AuthConfig;
import io.stackhouse.receiver.tls.TlsConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * OTLP over gRPC.
 *
 * @param endpoint host:port
 * @param maxRecvMsgSizeMib largest message in MiB, before and after decompression; 0 for the receiver's default
 * @param maxHeaderListSize largest metadata of a call
 * @param maxConcurrentStreams calls of one connection at one time
 * @param maxResetsPerMinute streams that a connection's client may reset; a connection that does so more often ends
 * @param readTimeout from the begin of a call until its message is there
 * @param minBodyRate bytes a second; a message that stays below it for {@code minBodyRateGrace} is ended; 0 for none
 * @param minBodyRateGrace over how long the rate is taken
 * @param writeTimeout until the client has taken its answer
 * @param maxConnections open at one time
 * @param maxConnectionsPerPeer open at one time from one address
 * @param handshakeTimeout from the accept of a connection until it speaks HTTP/2, TLS included
 * @param keepalive when connections end
 * @param tls null for clear text
 * @param auth null when everybody may send
 */
public record GrpcConfig(
        String endpoint,
        int maxRecvMsgSizeMib,
        ByteSize maxHeaderListSize,
        int maxConcurrentStreams,
        int maxResetsPerMinute,
        Duration readTimeout,
        ByteSize minBodyRate,
        Duration minBodyRateGrace,
        Duration writeTimeout,
        int maxConnections,
        int maxConnectionsPerPeer,
        Duration handshakeTimeout,
        KeepaliveConfig keepalive,
        @Nullable TlsConfig tls,
        @Nullable AuthConfig auth) {
    public GrpcConfig {
        Endpoint.parse(endpoint);
        if (maxRecvMsgSizeMib < 0 || maxRecvMsgSizeMib > Settings.MAX_REQUEST_BYTES >> 20) {
            throw new IllegalArgumentException(
                    "max_recv_msg_size_mib must be 1 to 1024, or 0 for the default, not " + maxRecvMsgSizeMib);
        }
        if (maxHeaderListSize.bytes() < 1_024 || maxHeaderListSize.bytes() > 1 << 20) {
            throw new IllegalArgumentException("max_header_list_size must be 1KiB to 1MiB, not " + maxHeaderListSize);
        }
        Settings.requireAtLeastOne("max_concurrent_streams", maxConcurrentStreams);
        Settings.requireAtLeastOne("max_resets_per_minute", maxResetsPerMinute);
        Settings.requirePositive("read_timeout", readTimeout);
        Settings.requireRequestSize("min_body_rate", minBodyRate);
        Settings.requirePositive("min_body_rate_grace", minBodyRateGrace);
        Settings.requirePositive("write_timeout", writeTimeout);
        Settings.requireAtLeastOne("max_connections", maxConnections);
        Settings.requireAtLeastOne("max_connections_per_peer", maxConnectionsPerPeer);
        Settings.requirePositive("handshake_timeout", handshakeTimeout);
        Settings.requireFiles(tls);
    }

    static GrpcConfig defaults() {
        return new GrpcConfig(
                "localhost:4317",
                0,
                new ByteSize(16 * 1_024),
                100,
                1_000,
                Duration.ofSeconds(30),
                new ByteSize(256),
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                4096,
                1024,
                Duration.ofSeconds(10),
                KeepaliveConfig.defaults(),
                null,
                null);
    }
}
