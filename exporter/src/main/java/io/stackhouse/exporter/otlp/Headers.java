package io.stackhouse.exporter.otlp;

import io.stackhouse.pipeline.Secret;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Checks what is sent with each request. Stateless. */
final class Headers {
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern VALUE = Pattern.compile("[\\x20-\\x7e]*");

    /** What the transports set themselves, or Java's HTTP client refuses. */
    private static final Set<String> RESERVED = Set.of(
            "connection",
            "content-encoding",
            "content-length",
            "content-type",
            "expect",
            "host",
            "te",
            "upgrade",
            "grpc-timeout",
            "grpc-encoding");

    private Headers() {}

    /** Throws IllegalArgumentException that begins with the key; shows no value. */
    static void check(Map<String, Secret> headers) {
        headers.forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (!NAME.matcher(name).matches() || lower.endsWith("-bin")) {
                throw new IllegalArgumentException(
                        "headers has the name '" + name + "', which is none; write letters, digits and - _ .");
            }
            if (RESERVED.contains(lower)) {
                throw new IllegalArgumentException("headers must not have '" + name + "', which is set by itself");
            }
            if (!VALUE.matcher(value.value()).matches()) {
                throw new IllegalArgumentException(
                        "headers has a value for '" + name + "' that can't be sent; write printable ASCII");
            }
        });
    }
}
