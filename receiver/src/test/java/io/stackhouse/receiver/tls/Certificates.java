package io.stackhouse.receiver.tls;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** Certificates for tests, made anew each time. */
public final class Certificates {
    private Certificates() {}

    /** Who issues certificates. */
    public static X509Bundle authority(String name) throws Exception {
        return base(name).setIsCertificateAuthority(true).buildSelfSigned();
    }

    /** For the names localhost and 127.0.0.1, valid for a day. */
    public static X509Bundle server(X509Bundle authority) throws Exception {
        return server(authority, "localhost", Instant.now().minus(Duration.ofDays(1)), Duration.ofDays(2));
    }

    public static X509Bundle server(X509Bundle authority, String host, Instant from, Duration validity)
            throws Exception {
        return base(host)
                .addSanDnsName(host)
                .addSanIpAddress(host.equals("localhost") ? "127.0.0.1" : "192.0.2.1")
                .addExtendedKeyUsageServerAuth()
                .notBefore(from)
                .notAfter(from.plus(validity))
                .buildIssuedBy(authority);
    }

    public static X509Bundle client(X509Bundle authority) throws Exception {
        return base("client").addExtendedKeyUsageClientAuth().buildIssuedBy(authority);
    }

    private static CertificateBuilder base(String name) {
        return new CertificateBuilder()
                .ecp256()
                .subject("CN=" + name)
                .notBefore(Instant.now().minus(Duration.ofDays(1)))
                .notAfter(Instant.now().plus(Duration.ofDays(1)));
    }

    /** The settings of TLS with these files, {@code server.crt} and {@code server.key} of the folder. */
    public static TlsConfig write(Path folder, X509Bundle server) throws IOException {
        Path certificate = folder.resolve("server.crt");
        Path key = folder.resolve("server.key");
        Files.writeString(certificate, server.getCertificatePathPEM());
        Files.writeString(key, server.getPrivateKeyPEM());
        return config(certificate, key, null, "1.2", 20);
    }

    /** Settings; a null {@code clientAuthority} asks clients for nothing. */
    public static TlsConfig config(
            Path certificate, Path key, Path clientAuthority, String minVersion, int reloadMillis) {
        return new TlsConfig(
                certificate.toString(),
                key.toString(),
                clientAuthority == null ? null : clientAuthority.toString(),
                minVersion,
                java.util.List.of(),
                Duration.ofMillis(reloadMillis));
    }
}
