package io.stackhouse.collector.admin;

import io.stackhouse.collector.config.TelemetryConfig;

/**
 * Settings of the pages, with the OpenTelemetry Collector's key.
 *
 * @param endpoint host:port
 */
public record ZpagesConfig(String endpoint) {
    public ZpagesConfig {
        AdminEndpoint.check(endpoint);
    }

    static ZpagesConfig defaults() {
        return new ZpagesConfig("localhost:55679");
    }

    TelemetryConfig.Address address() {
        return AdminEndpoint.parse(endpoint);
    }
}
