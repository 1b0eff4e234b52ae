package io.stackhouse.receiver.otlp;

import io.stackhouse.pipeline.ByteSize;
import io.stackhouse.receiver.auth.AuthConfig;
import io.stackhouse.receiver.tls.TlsConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Settings of the HTTP port for tests: any free port, the defaults, and what a test sets. */
final class HttpSettings {
    private final OtlpConfig.Http base = OtlpConfig.Http.defaults();
    String endpoint = "127.0.0.1:0";
    ByteSize maxRequestBodySize = new ByteSize(RunningReceiver.MAX_BODY_BYTES);
    ByteSize maxHeaderSize = base.maxHeaderSize();
    int maxConnections = base.maxConnections();
    int maxConnectionsPerPeer = base.maxConnectionsPerPeer();
    Duration readHeaderTimeout = Duration.ofSeconds(20);
    Duration readTimeout = Duration.ofSeconds(20);
    ByteSize minBodyRate = base.minBodyRate();
    Duration minBodyRateGrace = Duration.ofSeconds(20);
    Duration writeTimeout = Duration.ofSeconds(20);
    Duration idleTimeout = Duration.ofSeconds(20);
    OtlpConfig.Http2 http2 = base.http2();

    @Nullable
    TlsConfig tls;

    @Nullable
    AuthConfig auth;

    OtlpConfig.Http http() {
        return new OtlpConfig.Http(
                endpoint,
                maxRequestBodySize,
                base.tracesUrlPath(),
                base.profilesUrlPath(),
                maxHeaderSize,
                maxConnections,
                maxConnectionsPerPeer,
                readHeaderTimeout,
                readTimeout,
                minBodyRate,
                minBodyRateGrace,
                writeTimeout,
                idleTimeout,
                http2,
                tls,
                auth);
    }

    /** A receiver's settings. */
    OtlpConfig config(OtlpConfig.Protocols protocols, int maxInFlight) {
        return RunningReceiver.config(protocols, maxInFlight);
    }
}
