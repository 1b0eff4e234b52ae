package io.stackhouse.agent.export;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Where intervals go, and with what patience.
 *
 * @param endpoint {@code http://host:port} for plain text, {@code https://host:port} for TLS by the JDK's trust store; without a port it is 4317
 * @param headers sent with each call, such as authorization; keys in lower case; never logged
 * @param deadlineNanos for one call
 * @param bufferBytes for intervals that wait, uncompressed, the one being sent included
 * @param initialBackOffNanos before the second try; each further wait is one and a half times as long
 * @param maxBackOffNanos the longest wait, unless the server asks for more
 */
public record OtlpSenderConfig(
        URI endpoint,
        Map<String, String> headers,
        long deadlineNanos,
        long bufferBytes,
        long initialBackOffNanos,
        long maxBackOffNanos) {
    private static final int DEFAULT_PORT = 4317;

    public OtlpSenderConfig {
        String scheme = endpoint.getScheme() == null ? "" : endpoint.getScheme().toLowerCase(Locale.ROOT);
        if ((!scheme.equals("http") && !scheme.equals("https")) || endpoint.getHost() == null) {
            throw new IllegalArgumentException(
                    "endpoint " + endpoint + " is not http://host:port or https://host:port");
        }
        if (deadlineNanos < 1 || bufferBytes < 1 || initialBackOffNanos < 1 || maxBackOffNanos < initialBackOffNanos) {
            throw new IllegalArgumentException("deadline " + deadlineNanos + " ns, buffer " + bufferBytes
                    + " bytes and first wait " + initialBackOffNanos + " ns must be at least 1, the longest wait "
                    + maxBackOffNanos + " ns at least the first");
        }
        headers = Map.copyOf(headers);
    }

    /** 10 s for a call, a buffer of 32 MiB, waits from 1 to 30 s. */
    public static OtlpSenderConfig of(String endpoint) {
        try {
            return new OtlpSenderConfig(
                    new URI(endpoint.contains("://") ? endpoint : "http://" + endpoint),
                    Map.of(),
                    TimeUnit.SECONDS.toNanos(10),
                    32L << 20,
                    TimeUnit.SECONDS.toNanos(1),
                    TimeUnit.SECONDS.toNanos(30));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(
                    "endpoint " + endpoint + " is not http://host:port or https://host:port", e);
        }
    }

    boolean isTls() {
        return endpoint.getScheme().equalsIgnoreCase("https");
    }

    String host() {
        return endpoint.getHost();
    }

    int port() {
        return endpoint.getPort() < 0 ? DEFAULT_PORT : endpoint.getPort();
    }
}
