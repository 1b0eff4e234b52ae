package io.stackhouse.receiver.tls;

import java.util.ArrayList;
import java.util.List;

/** The cipher suites that are good today: forward secrecy and authenticated encryption, as HTTP/2 asks for. Stateless. */
final class CipherSuites {
    private static final List<String> OF_TLS_13 =
            List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");
    private static final List<String> OF_TLS_12 = List.of(
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    private CipherSuites() {}

    /** Throws IllegalArgumentException for one that is unknown or weak. */
    static void requireGood(List<String> names) {
        for (String name : names) {
            if (!OF_TLS_12.contains(name) && !OF_TLS_13.contains(name)) {
                throw new IllegalArgumentException("cipher_suites: '" + name + "' is unknown or weak; allowed: "
                        + String.join(", ", OF_TLS_12) + ", " + String.join(", ", OF_TLS_13));
            }
        }
    }

    /** What to offer: all when none is named; those of TLS 1.3 are there unless some of them are named. */
    static List<String> offered(List<String> names) {
        List<String> offered = new ArrayList<>(names.isEmpty() ? OF_TLS_12 : names);
        if (offered.stream().noneMatch(OF_TLS_13::contains)) {
            offered.addAll(0, OF_TLS_13);
        }
        return offered;
    }
}
