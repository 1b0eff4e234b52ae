package io.stackhouse.collector.admin;

import io.stackhouse.collector.config.TelemetryConfig;

/** Reads {@code host:port}. Stateless. */
final class AdminEndpoint {
    private AdminEndpoint() {}

    /** Throws IllegalArgumentException that begins with {@code endpoint}. */
    static TelemetryConfig.Address parse(String text) {
        try {
            return TelemetryConfig.Address.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "endpoint '" + text + "' is no address; write host:port such as localhost:13133", e);
        }
    }

    static void check(String text) {
        TelemetryConfig.Address unused = parse(text);
    }
}
