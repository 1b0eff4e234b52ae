package io.stackhouse.exporter.otlp;

import io.stackhouse.exporter.delivery.RetryOnFailure;
import io.stackhouse.pipeline.ByteSize;
import io.stackhouse.pipeline.Secret;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the exporter over gRPC, with the keys of the OpenTelemetry Collector.
 *
 * @param endpoint {@code host:port}, {@code http://host:port} or {@code https://host:port}; null only in the defaults
 * @param tls used unless the endpoint says {@code http://}
 * @param compression of requests
 * @param headers sent with each request, such as authorization
 * @param timeout of one attempt
 * @param maxRequestSize before compression; what is larger goes in several requests
 * @param retryOnFailure when a request is sent again
 * @param sendingQueue how batches wait
 */
public record OtlpGrpcConfig(
        @Nullable String endpoint,
        TlsClientConfig tls,
        Compression compression,
        Map<String, Secret> headers,
        Duration timeout,
        ByteSize maxRequestSize,
        RetryOnFailure retryOnFailure,
        SendingQueue sendingQueue) {
    public OtlpGrpcConfig {
        if (endpoint != null) {
            Endpoint unused = Endpoint.ofGrpc(endpoint, !tls.insecure());
        }
        Headers.check(headers);
        OtlpLimits.check(timeout, maxRequestSize);
    }

    static OtlpGrpcConfig defaults() {
        return new OtlpGrpcConfig(
                null,
                TlsClientConfig.defaults(),
                Compression.GZIP,
                Map.of(),
                Duration.ofSeconds(5),
                OtlpLimits.MAX_REQUEST,
                RetryOnFailure.defaults(),
                SendingQueue.defaults());
    }

    Endpoint address() {
        if (endpoint == null) {
            throw new IllegalArgumentException("endpoint must be given; write host:4317");
        }
        return Endpoint.ofGrpc(endpoint, !tls.insecure());
    }
}
