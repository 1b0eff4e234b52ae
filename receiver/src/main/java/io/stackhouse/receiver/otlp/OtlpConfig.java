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
     * OTLP over HTTP/1.1 and HTTP/2.
     *
     * @param endpoint host:port
     * @param maxRequestBodySize largest body, before and after decompression
     * @param tracesUrlPath where traces are posted to
     * @param profilesUrlPath where profiles are posted to
     * @param maxHeaderSize of the request line and the headers together
     * @param maxConnections open at one time
     * @param maxConnectionsPerPeer open at one time from one address
     * @param readHeaderTimeout from the accept of a connection to the end of its first request's headers, handshake of TLS
     *     included
     * @param readTimeout from the end of a request's headers to the end of its body
     * @param minBodyRate bytes a second; a body that stays below it for {@code minBodyRateGrace} is ended; 0 for none
     * @param minBodyRateGrace over how long the rate is taken
     * @param writeTimeout until the client has taken its answer
     * @param idleTimeout from an answer to the end of the next request's headers
     * @param http2 what is special to HTTP/2
     */
    public record Http(
            String endpoint,
            ByteSize maxRequestBodySize,
            String tracesUrlPath,
            String profilesUrlPath,
            ByteSize maxHeaderSize,
            int maxConnections,
            int maxConnectionsPerPeer,
            Duration readHeaderTimeout,
            Duration readTimeout,
            ByteSize minBodyRate,
            Duration minBodyRateGrace,
            Duration writeTimeout,
            Duration idleTimeout,
            Http2 http2) {
        private static final long MIN_HEADER_BYTES = 1 << 10;
        private static final long MAX_HEADER_BYTES = 1 << 20;

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
            if (maxHeaderSize.bytes() < MIN_HEADER_BYTES || maxHeaderSize.bytes() > MAX_HEADER_BYTES) {
                throw new IllegalArgumentException("max_header_size must be 1KiB to 1MiB, not " + maxHeaderSize);
            }
            requireAtLeastOne("max_connections", maxConnections);
            requireAtLeastOne("max_connections_per_peer", maxConnectionsPerPeer);
            requirePositive("read_header_timeout", readHeaderTimeout);
            requirePositive("read_timeout", readTimeout);
            if (minBodyRate.bytes() > MAX_MESSAGE_BYTES) {
                throw new IllegalArgumentException("min_body_rate must be 0 to 1GiB, not " + minBodyRate);
            }
            requirePositive("min_body_rate_grace", minBodyRateGrace);
            requirePositive("write_timeout", writeTimeout);
            requirePositive("idle_timeout", idleTimeout);
        }

        static Http defaults() {
            return new Http(
                    "localhost:4318",
                    ByteSize.ofMebibytes(64),
                    "/v1/traces",
                    "/v1development/profiles",
                    new ByteSize(16 << 10),
                    4096,
                    1024,
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(30),
                    new ByteSize(256),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(60),
                    Http2.defaults());
        }
    }

    /**
     * Limits of one HTTP/2 connection. A connection that goes beyond one of those that are counted over {@code flood_window} is
     * told to go away and closed.
     *
     * @param maxConcurrentStreams requests at one time; more are reset
     * @param floodWindow over what time resets and control frames are counted, whole seconds
     * @param maxResets RST_STREAM frames from either side
     * @param maxControlFrames SETTINGS, PING, PRIORITY, WINDOW_UPDATE and frames of unknown types, and ten more for each request
     * @param maxQueuedControlFrames answers to such frames that the client doesn't read
     * @param maxEmptyFrames empty DATA frames in a row
     * @param maxContinuations small CONTINUATION frames in a row
     */
    public record Http2(
            int maxConcurrentStreams,
            Duration floodWindow,
            int maxResets,
            int maxControlFrames,
            int maxQueuedControlFrames,
            int maxEmptyFrames,
            int maxContinuations) {
        private static final long MAX_WINDOW_SECONDS = 3600;

        public Http2 {
            requireAtLeastOne("max_concurrent_streams", maxConcurrentStreams);
            if (floodWindow.toSeconds() < 1
                    || floodWindow.toSeconds() > MAX_WINDOW_SECONDS
                    || !floodWindow.equals(Duration.ofSeconds(floodWindow.toSeconds()))) {
                throw new IllegalArgumentException("flood_window must be whole seconds from 1s to 1h; write 30s");
            }
            requireAtLeastOne("max_resets", maxResets);
            requireAtLeastOne("max_control_frames", maxControlFrames);
            requireAtLeastOne("max_queued_control_frames", maxQueuedControlFrames);
            requireAtLeastOne("max_empty_frames", maxEmptyFrames);
            requireAtLeastOne("max_continuations", maxContinuations);
        }

        static Http2 defaults() {
            return new Http2(100, Duration.ofSeconds(30), 200, 1000, 1000, 2, 16);
        }

        int floodWindowSeconds() {
            return (int) floodWindow.toSeconds();
        }
    }

    private static void requireAtLeastOne(String key, int number) {
        if (number < 1) {
            throw new IllegalArgumentException(key + " must be 1 or more, not " + number);
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
