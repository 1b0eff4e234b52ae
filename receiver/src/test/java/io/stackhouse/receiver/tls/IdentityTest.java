package io.stackhouse.receiver.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.stackhouse.pipeline.Clock;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class IdentityTest {
    private static final List<String> FILES = List.of("c.pem", "k.pem");

    private static Identity read(String certificate, String key) {
        List<byte[]> contents = List.of(certificate.getBytes(US_ASCII), key.getBytes(US_ASCII));
        return Identity.read(FILES, contents, Clock.system());
    }

    private static X509Bundle selfSigned(CertificateBuilder.Algorithm algorithm) throws Exception {
        return new CertificateBuilder()
                .algorithm(algorithm)
                .setIsCertificateAuthority(true)
                .subject("CN=x")
                .buildSelfSigned();
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + label + "-----\n";
    }

    /** What is inside PKCS#8: PKCS#1 of RSA, SEC 1 of EC. */
    private static byte[] inner(byte[] pkcs8) {
        Der version = Der.read(pkcs8, Der.read(pkcs8, 0).from());
        Der algorithm = Der.read(pkcs8, version.to());
        return Der.read(pkcs8, algorithm.to()).content(pkcs8);
    }

    @ParameterizedTest
    @EnumSource(names = {"rsa2048", "rsa3072"})
    void readsRsaKeysAsPkcs8AndPkcs1(CertificateBuilder.Algorithm algorithm) throws Exception {
        X509Bundle bundle = selfSigned(algorithm);
        byte[] pkcs8 = bundle.getKeyPair().getPrivate().getEncoded();
        String certificate = bundle.getCertificatePEM();
        assertThat(read(certificate, pem("PRIVATE KEY", pkcs8)).key().getEncoded())
                .isEqualTo(pkcs8);
        assertThat(read(certificate, pem("RSA PRIVATE KEY", inner(pkcs8))).key().getEncoded())
                .isEqualTo(pkcs8);
    }

    @ParameterizedTest
    @CsvSource({"ecp256, 2a8648ce3d030107", "ecp384, 2b81040022"})
    void readsEcKeysAsPkcs8AndSec1(CertificateBuilder.Algorithm algorithm, String oidInHex) throws Exception {
        X509Bundle bundle = selfSigned(algorithm);
        byte[] pkcs8 = bundle.getKeyPair().getPrivate().getEncoded();
        BigInteger secretNumber = ((ECPrivateKey) bundle.getKeyPair().getPrivate()).getS();
        String certificate = bundle.getCertificatePEM();
        assertThat(secretOf(read(certificate, pem("PRIVATE KEY", pkcs8)))).isEqualTo(secretNumber);
        byte[] oid = Der.of(6, HexFormat.of().parseHex(oidInHex));
        byte[] sec1 = inner(pkcs8);
        Der whole = Der.read(sec1, 0);
        Der version = Der.read(sec1, whole.from());
        Der secret = Der.read(sec1, version.to());
        byte[] bare = Der.join(new byte[] {2, 1, 1}, Der.of(4, Arrays.copyOfRange(sec1, secret.from(), secret.to())));
        String withCurve = pem("EC PRIVATE KEY", Der.of(0x30, Der.join(bare, Der.of(0xa0, oid))));
        assertThat(secretOf(read(certificate, withCurve))).isEqualTo(secretNumber);
        String without = pem("EC PRIVATE KEY", Der.of(0x30, bare));
        assertThat(secretOf(read(certificate, pem("EC PARAMETERS", oid) + without)))
                .isEqualTo(secretNumber);
        assertThatThrownBy(() -> read(certificate, without)).hasMessageContaining("doesn't name its curve");
    }

    private static BigInteger secretOf(Identity identity) {
        return ((ECPrivateKey) identity.key()).getS();
    }

    @Test
    void readsEd25519Keys() throws Exception {
        X509Bundle bundle = selfSigned(CertificateBuilder.Algorithm.ed25519);
        assertThat(read(bundle.getCertificatePEM(), bundle.getPrivateKeyPEM())
                        .key()
                        .getAlgorithm())
                .isEqualTo("EdDSA");
    }

    @Test
    void saysWhatIsWrong() throws Exception {
        X509Bundle authority = Certificates.authority("a");
        X509Bundle good = Certificates.server(authority);
        X509Bundle other = Certificates.server(authority);
        Instant now = Instant.now();
        X509Bundle expired = Certificates.server(authority, "localhost", now.minusSeconds(9_000), Duration.ofHours(1));
        X509Bundle early = Certificates.server(authority, "localhost", now.plusSeconds(3_600), Duration.ofHours(1));
        KeyPair rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair();
        String certificate = good.getCertificatePEM();
        String key = good.getPrivateKeyPEM();
        assertThat(read(certificate, key).chain()).containsExactly(good.getCertificate());
        assertRefused(
                certificate, other.getPrivateKeyPEM(), "the key in k.pem is not that of the certificate in c.pem");
        assertRefused(certificate, pem("PRIVATE KEY", rsa.getPrivate().getEncoded()), "is not that of the certificate");
        assertRefused(expired.getCertificatePEM(), expired.getPrivateKeyPEM(), "c.pem: the certificate has expired at");
        assertRefused(
                early.getCertificatePEM(), early.getPrivateKeyPEM(), "c.pem: the certificate is not valid before");
        assertRefused("", key, "c.pem: there is no certificate in PEM");
        assertRefused(certificate, "", "k.pem: there must be one private key in PEM, there are 0");
        assertRefused(certificate, key + key, "k.pem: there must be one private key in PEM, there are 2");
        assertRefused(pem("CERTIFICATE", new byte[] {1, 2, 3}), key, "c.pem: a certificate is damaged");
        assertRefused(certificate, pem("PRIVATE KEY", new byte[] {1, 2, 3}), "k.pem: the private key is damaged");
        assertRefused(certificate, pem("EC PRIVATE KEY", new byte[] {0x30, 9, 2}), "k.pem: the private key is damaged");
        assertRefused(certificate, pem("ENCRYPTED PRIVATE KEY", new byte[] {1}), "k.pem: the key is encrypted");
        assertRefused(
                certificate,
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n",
                "k.pem: the key is encrypted");
    }

    @Test
    void aFileThatIsHalfWrittenIsRefusedWhereverItEnds() throws Exception {
        X509Bundle good = Certificates.server(Certificates.authority("a"));
        String certificate = good.getCertificatePathPEM().strip();
        String key = good.getPrivateKeyPEM().strip();
        for (int length = 0; length < certificate.length(); length += 7) {
            String part = certificate.substring(0, length);
            assertThatThrownBy(() -> read(part, key)).isInstanceOf(IllegalArgumentException.class);
        }
        for (int length = 0; length < key.length(); length++) {
            String part = key.substring(0, length);
            assertThatThrownBy(() -> read(certificate, part))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("k.pem: ");
        }
    }

    private static void assertRefused(String certificate, String key, String message) {
        assertThatThrownBy(() -> read(certificate, key))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
