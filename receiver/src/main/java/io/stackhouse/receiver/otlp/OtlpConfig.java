package io.stackhouse.receiver.otlp;

import io.stackhouse.pipeline.ByteSize;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the {@code otlp} receiver.
 *
 * @param protocols what is spoken, a protocol that is absent from it is off; null for both with their defaults
 * @param maxRequestsInFlight requests, over both protocols, that may wait for their answer at one time; more are told to come
 *     back later
 */
public record OtlpConfig(@Nullable Protocols protocols, int maxRequestsInFlight) {
    private static final long MAX_MESSAGE_BYTES = 1 << 30;

    public OtlpConfig {
        if (protocols != null && protocols.grpc() == null && protocols.http() == null) {
            throw new IllegalArgumentException(
                    "protocols must have grpc, http or both; write 'grpc:' for its defaults");
        }
        if (maxRequestsInFlight < 1) {
            throw new IllegalArgumentException("max_requests_in_flight must be 1 or more, not " + maxRequestsInFlight);
        }
    }

    /** What is spoken. */
    Protocols spoken() {
        return protocols == null ? new Protocols(Grpc.defaults(), Http.defaults()) : protocols;
    }

    /** Both protocols; each is switched on by its key. */
    public record Protocols(@Nullable Grpc grpc, @Nullable Http http) {
        static Protocols defaults() {
            return new Protocols(null, null);
        }
    }

    /**
     * OTLP over gRPC.
     *
     * @param endpoint host:port
     * @param maxRecvMsgSizeMib largest message in MiB, before and after decompression
     * @param maxConcurrentStreams calls of one connection at one time
     * @param readTimeout from the begin of a call until its message is there
     */
    public record Grpc(String endpoint, int maxRecvMsgSizeMib, int maxConcurrentStreams, Duration readTimeout) {
        public Grpc {
            Endpoint.parse(endpoint);
            if (maxRecvMsgSizeMib < 1 || maxRecvMsgSizeMib > MAX_MESSAGE_BYTES >> 20) {
                throw new IllegalArgumentException("max_recv_msg_size_mib must be 1 to 1024, not " + maxRecvMsgSizeMib);
            }
            if (maxConcurrentStreams < 1) {
                throw new IllegalArgumentException(
                        "max_concurrent_streams must be 1 or more, not " + maxConcurrentStreams);
            }
            requirePositive("read_timeout", readTimeout);
        }

        static Grpc defaults() {
            return new Grpc("localhost:4317", 64, 128, Duration.ofSeconds(30));
        }
    }

    /**
     * OTLP over HTTP/1.1.
     *
     * @param endpoint host:port
     * @param maxRequestBodySize largest body, before and after decompression
     * @param tracesUrlPath where traces are posted to
     * @param profilesUrlPath where profiles are posted to
     * @param readTimeout from the end of a request's headers to the end of its body
     * @param idleTimeout from an answer to the end of the next request's headers
     */
    public record Http(
            String endpoint,
            ByteSize maxRequestBodySize,
            String tracesUrlPath,
            String profilesUrlPath,
            Duration readTimeout,
            Duration idleTimeout) {
        public Http {
            Endpoint.parse(endpoint);
            if (maxRequestBodySize.bytes() < 1 || maxRequestBodySize.bytes() > MAX_MESSAGE_BYTES) {
                throw new IllegalArgumentException(
                        "max_request_body_size must be 1B to 1GiB, not " + maxRequestBodySize);
            }
            requirePath("traces_url_path", tracesUrlPath);
            requirePath("profiles_url_path", profilesUrlPath);
            if (tracesUrlPath.equals(profilesUrlPath)) {
                throw new IllegalArgumentException(
                        "profiles_url_path must differ from traces_url_path, both are " + tracesUrlPath);
            }
            requirePositive("read_timeout", readTimeout);
            requirePositive("idle_timeout", idleTimeout);
        }

        static Http defaults() {
            return new Http(
                    "localhost:4318",
                    ByteSize.ofMebibytes(64),
                    "/v1/traces",
                    "/v1development/profiles",
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(60));
        }
    }

    private static void requirePositive(String key, Duration duration) {
        if (duration.isZero() || duration.isNegative()) {
            throw new IllegalArgumentException(key + " must be more than 0; write 30s");
        }
    }

    private static void requirePath(String key, String path) {
        if (!path.startsWith("/") || path.length() < 2 || path.indexOf('?') >= 0) {
            throw new IllegalArgumentException(key + " '" + path + "' is no path; write one such as /v1/traces");
        }
    }
}
