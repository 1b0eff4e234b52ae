package io.stackhouse.exporter.otlp;

import io.stackhouse.exporter.delivery.RetryOnFailure;
import io.stackhouse.pipeline.ByteSize;
import io.stackhouse.pipeline.Secret;
import io.stackhouse.pipeline.Signal;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the exporter over HTTP, with the keys of the OpenTelemetry Collector.
 *
 * @param endpoint base URL; {@code /v1/traces} and {@code /v1development/profiles} are added
 * @param tracesEndpoint whole URL for spans, instead of what {@code endpoint} gives
 * @param profilesEndpoint whole URL for profiles, instead of what {@code endpoint} gives
 * @param encoding {@code proto}
 * @param tls used where an URL says {@code https://}
 * @param compression of requests
 * @param headers sent with each request, such as authorization
 * @param timeout of one attempt
 * @param maxRequestSize before compression; what is larger goes in several requests
 * @param retryOnFailure when a request is sent again
 * @param sendingQueue how batches wait
 */
public record OtlpHttpConfig(
        @Nullable String endpoint,
        @Nullable String tracesEndpoint,
        @Nullable String profilesEndpoint,
        Encoding encoding,
        TlsClientConfig tls,
        Compression compression,
        Map<String, Secret> headers,
        Duration timeout,
        ByteSize maxRequestSize,
        RetryOnFailure retryOnFailure,
        SendingQueue sendingQueue) {
    public OtlpHttpConfig {
        checkUrl("endpoint", endpoint);
        checkUrl("traces_endpoint", tracesEndpoint);
        checkUrl("profiles_endpoint", profilesEndpoint);
        Headers.check(headers);
        OtlpLimits.check(timeout, maxRequestSize);
    }

    /** What requests are written in. */
    public enum Encoding {
        PROTO
    }

    static OtlpHttpConfig defaults() {
        return new OtlpHttpConfig(
                null,
                null,
                null,
                Encoding.PROTO,
                TlsClientConfig.defaults(),
                Compression.GZIP,
                Map.of(),
                Duration.ofSeconds(30),
                OtlpLimits.MAX_REQUEST,
                RetryOnFailure.defaults(),
                SendingQueue.defaults());
    }

    private static void checkUrl(String key, @Nullable String url) {
        if (url != null) {
            URI unused = Endpoint.ofHttp(key, url);
        }
    }

    /** Throws IllegalArgumentException when a signal has no URL. */
    void requireEndpoint() {
        if (endpoint == null && (tracesEndpoint == null || profilesEndpoint == null)) {
            throw new IllegalArgumentException("endpoint must be given; write http://host:4318");
        }
    }

    URI url(Signal signal) {
        String own = signal == Signal.TRACES ? tracesEndpoint : profilesEndpoint;
        if (own != null) {
            return Endpoint.ofHttp(signal.configName() + "_endpoint", own);
        }
        String base = String.valueOf(endpoint);
        String path = signal == Signal.TRACES ? "/v1/traces" : "/v1development/profiles";
        return Endpoint.ofHttp("endpoint", (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
    }
}
