package io.stackhouse.receiver.tls;

import io.stackhouse.pipeline.Clock;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What a port shows and asks for: a certificate that is valid now, the key that belongs to it, and who may issue certificates of
 * clients. Immutable.
 *
 * @param chain the port's own certificate first
 * @param clientIssuers empty when clients need no certificate
 */
record Identity(PrivateKey key, List<X509Certificate> chain, List<X509Certificate> clientIssuers) {
    private static final byte[] PROBE = {1, 2, 3, 4, 5, 6, 7, 8};

    /** Reads and checks; contents are those of certFile, keyFile and, when there is one, clientCaFile. */
    static Identity read(List<String> files, List<byte[]> contents, Clock clock) {
        List<X509Certificate> chain = certificates(files.get(0), contents.get(0));
        PrivateKey key = PrivateKeys.read(files.get(1), contents.get(1));
        List<X509Certificate> issuers = files.size() > 2 ? certificates(files.get(2), contents.get(2)) : List.of();
        requireValid(files.get(0), chain.get(0), clock);
        requirePair(files, chain.get(0), key);
        return new Identity(key, chain, issuers);
    }

    /** When the port's certificate ends, in seconds since 1970. */
    long expiresUnixSeconds() {
        return chain.get(0).getNotAfter().toInstant().getEpochSecond();
    }

    private static List<X509Certificate> certificates(String file, byte[] content) {
        List<X509Certificate> out = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Pem block : Pem.read(file, content)) {
                if (block.label().equals("CERTIFICATE")) {
                    ByteArrayInputStream in = new ByteArrayInputStream(block.content());
                    out.add((X509Certificate) factory.generateCertificate(in));
                }
            }
        } catch (CertificateException e) {
            throw new IllegalArgumentException(file + ": a certificate is damaged: " + e.getMessage(), e);
        }
        if (out.isEmpty()) {
            throw new IllegalArgumentException(file + ": there is no certificate in PEM");
        }
        return out;
    }

    private static void requireValid(String file, X509Certificate certificate, Clock clock) {
        Instant now = Instant.EPOCH.plusNanos(clock.unixNanos());
        Instant from = certificate.getNotBefore().toInstant();
        Instant to = certificate.getNotAfter().toInstant();
        if (now.isAfter(to)) {
            throw new IllegalArgumentException(file + ": the certificate has expired at " + to + "; get a new one");
        }
        if (now.isBefore(from)) {
            throw new IllegalArgumentException(
                    file + ": the certificate is not valid before " + from + "; check it and this machine's clock");
        }
    }

    private static void requirePair(List<String> files, X509Certificate certificate, PrivateKey key) {
        boolean isPair = false;
        try {
            String algorithm = signature(key.getAlgorithm());
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update(PROBE);
            byte[] signed = signer.sign();
            Signature verifier = Signature.getInstance(algorithm);
            verifier.initVerify(certificate.getPublicKey());
            verifier.update(PROBE);
            isPair = verifier.verify(signed);
        } catch (GeneralSecurityException e) {
            // A key of another kind than the certificate's: no pair.
            isPair = false;
        }
        if (!isPair) {
            throw new IllegalArgumentException("the key in " + files.get(1) + " is not that of the certificate in "
                    + files.get(0) + " (the first one there); name a pair");
        }
    }

    private static String signature(String keyAlgorithm) {
        if (keyAlgorithm.equals("RSA")) {
            return "SHA256withRSA";
        }
        if (keyAlgorithm.equals("EC")) {
            return "SHA256withECDSA";
        }
        // Also Ed25519 and Ed448, whose signature and key have one name.
        return keyAlgorithm;
    }
}
