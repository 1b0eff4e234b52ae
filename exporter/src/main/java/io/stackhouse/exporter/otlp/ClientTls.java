package io.stackhouse.exporter.otlp;

import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Makes TLS contexts of settings; the files are read once, at the start. Stateless. */
final class ClientTls {
    private ClientTls() {}

    /** Throws IllegalStateException with what is wrong with a file. */
    static SslContextBuilder builder(TlsClientConfig config) {
        SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
        builder.protocols(config.minVersion().equals("1.3") ? List.of("TLSv1.3") : List.of("TLSv1.2", "TLSv1.3"));
        Path authority = readable("ca_file", config.caFile());
        Path certificate = readable("cert_file", config.certFile());
        Path key = readable("key_file", config.keyFile());
        try {
            if (config.insecureSkipVerify()) {
                builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
            } else if (authority != null) {
                builder.trustManager(authority.toFile());
            }
            if (certificate != null && key != null) {
                builder.keyManager(certificate.toFile(), key.toFile());
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("tls: a certificate or key can't be read: " + e.getMessage(), e);
        }
        return builder;
    }

    private static @Nullable Path readable(String key, @Nullable String file) {
        if (file == null) {
            return null;
        }
        Path path = Path.of(file);
        if (!Files.isReadable(path)) {
            throw new IllegalStateException("tls::" + key + ": '" + file + "' can't be read; check path and rights");
        }
        return path;
    }

    static SslContext built(SslContextBuilder builder) {
        try {
            return builder.build();
        } catch (SSLException e) {
            throw new IllegalStateException("tls: it can't be set up: " + e.getMessage(), e);
        }
    }

    /** For Java's HTTP client. */
    static SSLContext javaContext(TlsClientConfig config) {
        return ((JdkSslContext) built(builder(config))).context();
    }
}
