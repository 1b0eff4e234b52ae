package io.stackhouse.receiver.otlp;

import java.time.Duration;

/**
 * When idle, old and dead connections end; keys as in the OpenTelemetry Collector.
 *
 * @param serverParameters what the server does
 * @param enforcementPolicy what clients may do
 */
public record KeepaliveConfig(ServerParameters serverParameters, EnforcementPolicy enforcementPolicy) {
    static KeepaliveConfig defaults() {
        return new KeepaliveConfig(
                new ServerParameters(
                        Duration.ofMinutes(10),
                        Duration.ZERO,
                        Duration.ofSeconds(30),
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(20)),
                new EnforcementPolicy(Duration.ofSeconds(10), true));
    }

    /**
     * What the server does with its connections.
     *
     * @param maxConnectionIdle a connection without calls ends after this; 0 for never
     * @param maxConnectionAge a connection ends after this, its open calls are finished; 0 for never
     * @param maxConnectionAgeGrace what open calls may take after {@code maxConnectionAge}
     * @param time a connection on which nothing arrives is pinged after this
     * @param timeout a ping that isn't answered within this ends the connection
     */
    public record ServerParameters(
            Duration maxConnectionIdle,
            Duration maxConnectionAge,
            Duration maxConnectionAgeGrace,
            Duration time,
            Duration timeout) {
        public ServerParameters {
            Settings.requireNotNegative("max_connection_idle", maxConnectionIdle);
            Settings.requireNotNegative("max_connection_age", maxConnectionAge);
            Settings.requireNotNegative("max_connection_age_grace", maxConnectionAgeGrace);
            Settings.requirePositive("time", time);
            Settings.requirePositive("timeout", timeout);
        }
    }

    /**
     * What clients may do with their pings; who pings more often is sent away with GOAWAY.
     *
     * @param minTime least time between pings
     * @param permitWithoutStream whether a client may ping while it has no call open
     */
    public record EnforcementPolicy(Duration minTime, boolean permitWithoutStream) {
        public EnforcementPolicy {
            Settings.requireNotNegative("min_time", minTime);
        }
    }
}
