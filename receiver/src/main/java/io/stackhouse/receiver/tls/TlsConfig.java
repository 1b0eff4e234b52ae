package io.stackhouse.receiver.tls;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Settings of TLS on a port, with the keys of the OpenTelemetry Collector.
 *
 * @param certFile PEM, the certificate first, then those that issued it; null only in the defaults
 * @param keyFile PEM, the certificate's private key, not encrypted; null only in the defaults
 * @param clientCaFile PEM, who may issue the certificate that a client must then show; null asks for none
 * @param minVersion {@code 1.2} or {@code 1.3}
 * @param cipherSuites those of TLS 1.2 that are allowed, and perhaps those of 1.3; empty for all that are good
 * @param reloadInterval how often the files are looked at
 */
public record TlsConfig(
        @Nullable String certFile,
        @Nullable String keyFile,
        @Nullable String clientCaFile,
        String minVersion,
        List<String> cipherSuites,
        Duration reloadInterval) {
    public TlsConfig {
        if (minVersion.equals("1.0") || minVersion.equals("1.1")) {
            throw new IllegalArgumentException(
                    "min_version " + minVersion + " is broken and not spoken; allowed: 1.2, 1.3");
        }
        if (!minVersion.equals("1.2") && !minVersion.equals("1.3")) {
            throw new IllegalArgumentException("min_version '" + minVersion + "' is unknown; allowed: 1.2, 1.3");
        }
        CipherSuites.requireGood(cipherSuites);
        if (reloadInterval.isZero() || reloadInterval.isNegative()) {
            throw new IllegalArgumentException("reload_interval must be more than 0; write 10s");
        }
    }

    /** No files. */
    public static TlsConfig defaults() {
        return new TlsConfig(null, null, null, "1.2", List.of(), Duration.ofSeconds(10));
    }

    /** Throws IllegalArgumentException that begins with {@code tls} when a file is missing that there must be. */
    public void requireFiles() {
        if (isMissing(certFile) || isMissing(keyFile)) {
            throw new IllegalArgumentException(
                    "tls must have cert_file and key_file; write tls: {cert_file: server.crt, key_file: server.key}");
        }
        if (clientCaFile != null && clientCaFile.isBlank()) {
            throw new IllegalArgumentException(
                    "tls must not have an empty client_ca_file; name a file or remove the key");
        }
    }

    private static boolean isMissing(@Nullable String file) {
        return file == null || file.isBlank();
    }
}
