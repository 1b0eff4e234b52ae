package io.stackhouse.collector.config;

import io.stackhouse.collector.yaml.Durations;
import io.stackhouse.pipeline.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Metrics of the collector itself that are sent by OTLP again and again, in the OpenTelemetry Collector's shape.
 *
 * @param interval between two times; a number of milliseconds, or a length of time such as {@code 30s}; 60000 when absent
 * @param timeout of one; 30000 when absent
 * @param exporter to whom
 */
public record Push(@Nullable String interval, @Nullable String timeout, Exporter exporter) {
    private static final long DEFAULT_INTERVAL_MILLIS = 60_000;
    private static final long DEFAULT_TIMEOUT_MILLIS = 30_000;

    public Push {
        Duration unused = length("interval", interval, DEFAULT_INTERVAL_MILLIS);
        Duration unusedToo = length("timeout", timeout, DEFAULT_TIMEOUT_MILLIS);
    }

    public Duration every() {
        return length("interval", interval, DEFAULT_INTERVAL_MILLIS);
    }

    public Duration atMost() {
        return length("timeout", timeout, DEFAULT_TIMEOUT_MILLIS);
    }

    private static Duration length(String key, @Nullable String text, long defaultMillis) {
        if (text == null) {
            return Duration.ofMillis(defaultMillis);
        }
        try {
            boolean isMillis = text.strip().matches("[0-9]{1,9}");
            Duration parsed = isMillis ? Duration.ofMillis(Long.parseLong(text.strip())) : Durations.parse(text);
            if (!parsed.isZero()) {
                return parsed;
            }
        } catch (IllegalArgumentException e) {
            // Told below, as 0 is.
        }
        throw new IllegalArgumentException(
                key + " '" + text + "' is no length of time; write milliseconds such as 60000, or 60s");
    }

    /** By which protocol: OTLP. */
    public record Exporter(Otlp otlp) {}

    /**
     * Where to.
     *
     * @param protocol {@code grpc}, or {@code http/protobuf} when absent
     * @param endpoint http:// for plain text, https:// for TLS; without a path {@code /v1/metrics} is added over HTTP
     * @param headers sent with each request
     * @param compression {@code gzip} when absent, or {@code none}
     */
    public record Otlp(
            @Nullable String protocol,
            String endpoint,
            @Nullable List<Header> headers,
            @Nullable String compression) {
        private static final List<String> PROTOCOLS = List.of("grpc", "http/protobuf");
        private static final List<String> COMPRESSIONS = List.of("gzip", "none");

        public Otlp {
            check("protocol", protocol, PROTOCOLS);
            check("compression", compression, COMPRESSIONS);
            URI unused = uri(endpoint);
        }

        private static void check(String key, @Nullable String value, List<String> allowed) {
            if (value != null && !allowed.contains(value)) {
                throw new IllegalArgumentException(
                        key + " '" + value + "' is unknown; allowed: " + String.join(", ", allowed));
            }
        }

        private static URI uri(String text) {
            try {
                URI uri = new URI(text);
                boolean isHttp = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
                if (isHttp && uri.getHost() != null && uri.getUserInfo() == null) {
                    return uri;
                }
            } catch (URISyntaxException e) {
                // Told below, without the cause: it says the same at length.
            }
            throw new IllegalArgumentException(
                    "endpoint '" + text + "' is no URL; write http://host:4318 or https://host:4318");
        }

        public boolean isGrpc() {
            return "grpc".equals(protocol);
        }

        /** What the exporter is to be told. */
        public String url() {
            String path = uri(endpoint).getPath();
            boolean hasPath = path != null && !path.isEmpty() && !path.equals("/");
            if (isGrpc() || hasPath) {
                return endpoint;
            }
            return (endpoint.endsWith("/") ? endpoint.substring(0, endpoint.length() - 1) : endpoint) + "/v1/metrics";
        }

        public String compressionName() {
            return compression == null ? "gzip" : compression;
        }
    }

    /** A name and its value. */
    public record Header(String name, Secret value) {}
}
