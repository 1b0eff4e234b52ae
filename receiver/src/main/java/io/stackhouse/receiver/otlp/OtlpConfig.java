package io.stackhouse.receiver.otlp;

import io.stackhouse.pipeline.ByteSize;
import io.stackhouse.receiver.auth.AuthConfig;
import io.stackhouse.receiver.tls.TlsConfig;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the {@code otlp} receiver.
 *
 * @param protocols what is spoken, a protocol that is absent from it is off; null for both with their defaults
 * @param maxRequestsInFlight requests, over both protocols, that may wait for their answer at one time; more are told to come
 *     back later
 * @param maxBytesInFlight memory, over both protocols, for requests that wait for their answer; what doesn't fit is told to come
 *     back later. 0 for a quarter of the JVM's largest heap
 * @param tenant whose telemetry it is that comes in here; '' when there is one tenant only
 */
public record OtlpConfig(
        @Nullable Protocols protocols, int maxRequestsInFlight, ByteSize maxBytesInFlight, String tenant) {
    private static final long DEFAULT_REQUEST_BYTES = 64L << 20;
    private static final long LEAST_BYTES_IN_FLIGHT = 1L << 20;
    private static final Pattern TENANT = Pattern.compile("[A-Za-z0-9_.-]{0,64}");

    public OtlpConfig {
        if (protocols != null && protocols.grpc() == null && protocols.http() == null) {
            throw new IllegalArgumentException(
                    "protocols must have grpc, http or both; write 'grpc:' for its defaults");
        }
        Settings.requireAtLeastOne("max_requests_in_flight", maxRequestsInFlight);
        if (maxBytesInFlight.bytes() != 0 && maxBytesInFlight.bytes() < LEAST_BYTES_IN_FLIGHT) {
            throw new IllegalArgumentException(
                    "max_bytes_in_flight must be 1MiB or more, or 0B for a quarter of the heap, not "
                            + maxBytesInFlight);
        }
        if (!TENANT.matcher(tenant).matches()) {
            throw new IllegalArgumentException(
                    "tenant '" + tenant + "' is no name; write up to 64 of the characters A-Z a-z 0-9 _ . -");
        }
    }

    static OtlpConfig defaults() {
        return new OtlpConfig(null, 1_024, new ByteSize(0), "");
    }

    /** The budget for requests in flight. */
    long bytesInFlight() {
        return maxBytesInFlight.bytes() != 0
                ? maxBytesInFlight.bytes()
                : Math.max(LEAST_BYTES_IN_FLIGHT, Runtime.getRuntime().maxMemory() / 4);
    }

    /** Largest request over gRPC, before and after decompression. */
    int maxMessageBytes(GrpcConfig grpc) {
        return grpc.maxRecvMsgSizeMib() == 0
                ? defaultRequestBytes()
                : (int) Math.min(Settings.MAX_REQUEST_BYTES, (long) grpc.maxRecvMsgSizeMib() << 20);
    }

    private int defaultRequestBytes() {
        return (int) Math.min(DEFAULT_REQUEST_BYTES, bytesInFlight() / 4);
    }

    /** What is spoken, with the sizes that are left to the default. */
    Protocols spoken() {
        Protocols set = protocols == null ? new Protocols(GrpcConfig.defaults(), Http.defaults()) : protocols;
        Http http = set.http();
        return http == null || http.maxRequestBodySize().bytes() != 0
                ? set
                : new Protocols(set.grpc(), http.withMaxRequestBodySize(new ByteSize(defaultRequestBytes())));
    }

    /** Both protocols; each is switched on by its key. */
    public record Protocols(
            @Nullable GrpcConfig grpc, @Nullable Http http) {
        static Protocols defaults() {
            return new Protocols(null, null);
        }
    }

    /**
     * OTLP over HTTP/1.1 and HTTP/2.
     *
     * @param endpoint host:port
     * @param maxRequestBodySize largest body, before and after decompression; 0 for the receiver's default
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
     * @param tls null for clear text
     * @param auth null when everybody may send
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
            Http2 http2,
            @Nullable TlsConfig tls,
            @Nullable AuthConfig auth) {
        private static final long MIN_HEADER_BYTES = 1 << 10;
        private static final long MAX_HEADER_BYTES = 1 << 20;

        public Http {
            Endpoint.parse(endpoint);
            Settings.requireRequestSize("max_request_body_size", maxRequestBodySize);
            requirePath("traces_url_path", tracesUrlPath);
            requirePath("profiles_url_path", profilesUrlPath);
            if (tracesUrlPath.equals(profilesUrlPath)) {
                throw new IllegalArgumentException(
                        "profiles_url_path must differ from traces_url_path, both are " + tracesUrlPath);
            }
            if (maxHeaderSize.bytes() < MIN_HEADER_BYTES || maxHeaderSize.bytes() > MAX_HEADER_BYTES) {
                throw new IllegalArgumentException("max_header_size must be 1KiB to 1MiB, not " + maxHeaderSize);
            }
            Settings.requireAtLeastOne("max_connections", maxConnections);
            Settings.requireAtLeastOne("max_connections_per_peer", maxConnectionsPerPeer);
            Settings.requirePositive("read_header_timeout", readHeaderTimeout);
            Settings.requirePositive("read_timeout", readTimeout);
            if (minBodyRate.bytes() > Settings.MAX_REQUEST_BYTES) {
                throw new IllegalArgumentException("min_body_rate must be 0 to 1GiB, not " + minBodyRate);
            }
            Settings.requirePositive("min_body_rate_grace", minBodyRateGrace);
            Settings.requirePositive("write_timeout", writeTimeout);
            Settings.requirePositive("idle_timeout", idleTimeout);
            Settings.requireFiles(tls);
        }

        Http withMaxRequestBodySize(ByteSize size) {
            return new Http(
                    endpoint,
                    size,
                    tracesUrlPath,
                    profilesUrlPath,
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

        static Http defaults() {
            return new Http(
                    "localhost:4318",
                    new ByteSize(0),
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
                    Http2.defaults(),
                    null,
                    null);
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
            Settings.requireAtLeastOne("max_concurrent_streams", maxConcurrentStreams);
            if (floodWindow.toSeconds() < 1
                    || floodWindow.toSeconds() > MAX_WINDOW_SECONDS
                    || !floodWindow.equals(Duration.ofSeconds(floodWindow.toSeconds()))) {
                throw new IllegalArgumentException("flood_window must be whole seconds from 1s to 1h; write 30s");
            }
            Settings.requireAtLeastOne("max_resets", maxResets);
            Settings.requireAtLeastOne("max_control_frames", maxControlFrames);
            Settings.requireAtLeastOne("max_queued_control_frames", maxQueuedControlFrames);
            Settings.requireAtLeastOne("max_empty_frames", maxEmptyFrames);
            Settings.requireAtLeastOne("max_continuations", maxContinuations);
        }

        static Http2 defaults() {
            return new Http2(100, Duration.ofSeconds(30), 200, 1000, 1000, 2, 16);
        }

        int floodWindowSeconds() {
            return (int) floodWindow.toSeconds();
        }
    }

    private static void requirePath(String key, String path) {
        if (!path.startsWith("/") || path.length() < 2 || path.indexOf('?') >= 0) {
            throw new IllegalArgumentException(key + " '" + path + "' is no path; write one such as /v1/traces");
        }
    }
}
