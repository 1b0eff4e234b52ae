package io.stackhouse.exporter.otlp;

import org.jspecify.annotations.Nullable;

/**
 * Settings of TLS towards the next hop, with the keys of the OpenTelemetry Collector.
 *
 * @param insecure no TLS, where the endpoint doesn't say {@code http://} or {@code https://}
 * @param insecureSkipVerify takes any certificate
 * @param caFile PEM, who may issue the next hop's certificate; null for those that Java trusts
 * @param certFile PEM, our certificate, for a next hop that asks for one
 * @param keyFile PEM, its private key, not encrypted
 * @param minVersion {@code 1.2} or {@code 1.3}
 */
public record TlsClientConfig(
        boolean insecure,
        boolean insecureSkipVerify,
        @Nullable String caFile,
        @Nullable String certFile,
        @Nullable String keyFile,
        String minVersion) {
    public TlsClientConfig {
        if (!minVersion.equals("1.2") && !minVersion.equals("1.3")) {
            throw new IllegalArgumentException("min_version '" + minVersion + "' is unknown; allowed: 1.2, 1.3");
        }
        if ((certFile == null) != (keyFile == null)) {
            throw new IllegalArgumentException("cert_file and key_file belong together; give both or none");
        }
    }

    static TlsClientConfig defaults() {
        return new TlsClientConfig(false, false, null, null, null, "1.2");
    }
}
