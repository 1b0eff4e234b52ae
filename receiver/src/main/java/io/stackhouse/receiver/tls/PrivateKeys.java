package io.stackhouse.receiver.tls;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Private keys out of PEM: PKCS#8 ({@code PRIVATE KEY}), and the older {@code RSA PRIVATE KEY} (PKCS#1) and
 * {@code EC PRIVATE KEY} (SEC 1), which are wrapped into PKCS#8. Stateless.
 *
 * <p>PKCS#8 is {@code SEQUENCE {INTEGER 0, SEQUENCE {OID algorithm, parameters}, OCTET STRING key}}. SEC 1 is
 * {@code SEQUENCE {INTEGER 1, OCTET STRING, [0] curve OPTIONAL, …}}; PKCS#8 needs the curve in its parameters, so that it must be
 * there, or before it in a block {@code EC PARAMETERS}.
 */
final class PrivateKeys {
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");
    private static final Set<String> KEYS =
            Set.of("PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    private static final byte[] RSA_OID_AND_NULL = {
        6, 9, 42, (byte) 0x86, 72, (byte) 0x86, (byte) 0xf7, 13, 1, 1, 1, 5, 0
    };
    private static final byte[] EC_OID = {6, 7, 42, (byte) 0x86, 72, (byte) 0xce, 61, 2, 1};
    private static final byte[] ZERO = {2, 1, 0};

    private PrivateKeys() {}

    /** The only key of a file; throws IllegalArgumentException that names the file. */
    static PrivateKey read(String file, byte[] bytes) {
        List<Pem> blocks = Pem.read(file, bytes);
        List<Pem> keys =
                blocks.stream().filter(block -> KEYS.contains(block.label())).toList();
        if (keys.size() != 1) {
            throw new IllegalArgumentException(
                    file + ": there must be one private key in PEM, there are " + keys.size());
        }
        Pem key = keys.get(0);
        if (key.isEncrypted() || key.label().startsWith("ENCRYPTED")) {
            throw new IllegalArgumentException(
                    file
                            + ": the key is encrypted; write it without a passphrase, in a file that only the collector's user can read");
        }
        try {
            if (key.label().startsWith("RSA")) {
                return parse(file, pkcs8(RSA_OID_AND_NULL, key.content()));
            }
            if (key.label().startsWith("EC")) {
                return parse(file, pkcs8(Der.join(EC_OID, curve(file, key, blocks)), key.content()));
            }
            return parse(file, key.content());
        } catch (IndexOutOfBoundsException e) {
            throw new IllegalArgumentException(file + ": the private key is damaged", e);
        }
    }

    private static PrivateKey parse(String file, byte[] pkcs8) {
        for (String algorithm : ALGORITHMS) {
            PrivateKey key = keyOf(algorithm, pkcs8);
            if (key != null) {
                return key;
            }
        }
        throw new IllegalArgumentException(
                file + ": the private key is damaged or of an unknown kind; RSA, EC and Ed25519 do");
    }

    /** Null when it is no key of the algorithm. */
    private static @Nullable PrivateKey keyOf(String algorithm, byte[] pkcs8) {
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException e) {
            return null;
        }
    }

    private static byte[] pkcs8(byte[] algorithm, byte[] key) {
        return Der.of(0x30, Der.join(ZERO, Der.of(0x30, algorithm), Der.of(4, key)));
    }

    /** The OID of the key's curve, with its tag. */
    private static byte[] curve(String file, Pem key, List<Pem> blocks) {
        Der sequence = Der.read(key.content(), 0);
        Der version = Der.read(key.content(), sequence.from());
        Der secret = Der.read(key.content(), version.to());
        if (secret.to() < sequence.to()) {
            Der parameters = Der.read(key.content(), secret.to());
            if (parameters.tag() == 0xa0) {
                return parameters.content(key.content());
            }
        }
        return blocks.stream()
                .filter(block -> block.label().equals("EC PARAMETERS"))
                .findFirst()
                .map(Pem::content)
                .orElseThrow(() -> new IllegalArgumentException(
                        file + ": the key doesn't name its curve; write it as PKCS#8 (openssl pkcs8 -topk8 -nocrypt)"));
    }
}
