package io.stackhouse.collector.admin;

import io.stackhouse.collector.config.TelemetryConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the health check; {@code endpoint}, {@code path} and {@code response_body} are the OpenTelemetry Collector's.
 *
 * @param endpoint host:port
 * @param path the page
 * @param responseBody texts instead of ours
 * @param stalledData when data count as stuck
 */
public record HealthCheckConfig(
        String endpoint, String path, @Nullable ResponseBody responseBody, StalledData stalledData) {
    public HealthCheckConfig {
        AdminEndpoint.check(endpoint);
        if (!path.startsWith("/") || path.indexOf('?') >= 0) {
            throw new IllegalArgumentException("path '" + path + "' is none; write one that begins with /");
        }
    }

    static HealthCheckConfig defaults() {
        return new HealthCheckConfig(
                "localhost:13133", "/", null, new StalledData(true, Duration.ofMinutes(5), Duration.ofMinutes(1)));
    }

    /**
     * What is answered instead of a small JSON document.
     *
     * @param healthy with 200
     * @param unhealthy with 503
     */
    public record ResponseBody(String healthy, String unhealthy) {
        static ResponseBody defaults() {
            return new ResponseBody("", "");
        }
    }

    /**
     * A pipeline is stuck, and the service not healthy, when both are exceeded.
     *
     * @param enabled whether data are looked at; else only the service's phase
     * @param maxAge of the oldest request that not every destination has, since its receipt
     * @param maxPause since a request of the pipeline was last delivered or given up
     */
    public record StalledData(boolean enabled, Duration maxAge, Duration maxPause) {
        public StalledData {
            if (maxAge.isZero() || maxAge.isNegative()) {
                throw new IllegalArgumentException("max_age must be more than 0, such as 5m");
            }
            if (maxPause.isZero() || maxPause.isNegative()) {
                throw new IllegalArgumentException("max_pause must be more than 0, such as 1m");
            }
        }
    }

    TelemetryConfig.Address address() {
        return AdminEndpoint.parse(endpoint);
    }
}
