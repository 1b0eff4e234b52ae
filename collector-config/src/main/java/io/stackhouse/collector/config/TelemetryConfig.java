package io.stackhouse.collector.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the collector says about itself: {@code service::telemetry}.
 *
 * @param logs to standard error
 * @param metrics for Prometheus
 */
public record TelemetryConfig(Logs logs, Metrics metrics) {
    /** The port for metrics when the configuration names none. */
    public static final int DEFAULT_METRICS_PORT = 8888;

    static TelemetryConfig defaults() {
        return new TelemetryConfig(new Logs(LogLevel.INFO), new Metrics(MetricsLevel.NORMAL, null, List.of()));
    }

    /** Logs, from a level on. */
    public record Logs(LogLevel level) {}

    /** Levels of logs, the most talkative first. */
    public enum LogLevel {
        DEBUG,
        INFO,
        WARN,
        ERROR
    }

    /** How much is measured. */
    public enum MetricsLevel {
        NONE,
        BASIC,
        NORMAL,
        DETAILED
    }

    /**
     * Where metrics can be read.
     *
     * @param level {@code none} switches them off; the other levels are the same for now
     * @param address host:port; short for one reader
     * @param readers who gets them: at most one comes for them, any number has them sent
     */
    public record Metrics(MetricsLevel level, @Nullable String address, List<Reader> readers) {
        public Metrics {
            long pulls =
                    readers.stream().filter(reader -> reader.pull() != null).count();
            if (pulls > 1) {
                throw new IllegalArgumentException("readers can have one with pull, not " + pulls);
            }
            if (address != null && pulls > 0) {
                throw new IllegalArgumentException("address and readers say the same; keep one of them");
            }
            if (address != null) {
                Address.parse(address);
            }
        }

        /** Whether somebody may come for them: always, unless they are only to be sent. */
        public boolean isServed() {
            return address != null || readers.isEmpty() || pull() != null;
        }

        private @Nullable Pull pull() {
            for (Reader reader : readers) {
                if (reader.pull() != null) {
                    return reader.pull();
                }
            }
            return null;
        }

        /** Where to listen. */
        public Address listen() {
            Pull pull = pull();
            if (address != null) {
                return Address.parse(address);
            }
            if (pull == null) {
                return new Address("localhost", DEFAULT_METRICS_PORT, false);
            }
            Prometheus prometheus = pull.exporter().prometheus();
            Integer port = prometheus.port();
            return new Address(prometheus.host(), port == null ? DEFAULT_METRICS_PORT : port, port != null);
        }
    }

    /** One way to read metrics: they are fetched, or sent. */
    public record Reader(@Nullable Pull pull, @Nullable Push periodic) {
        public Reader {
            if ((pull == null) == (periodic == null)) {
                throw new IllegalArgumentException("a reader is either pull or periodic; write one of them");
            }
        }
    }

    /** Someone comes for them. */
    public record Pull(Exporter exporter) {}

    /** In which form. */
    public record Exporter(Prometheus prometheus) {}

    /**
     * For Prometheus, at /metrics.
     *
     * @param host to bind to
     * @param port the port; when absent 8888, and a taken one is no error
     */
    public record Prometheus(String host, @Nullable Integer port) {
        public Prometheus {
            if (port != null && (port < 0 || port > Address.MAX_PORT)) {
                throw new IllegalArgumentException("port must be 0 to 65535, not " + port);
            }
        }

        static Prometheus defaults() {
            return new Prometheus("localhost", null);
        }
    }

    /**
     * Host and port.
     *
     * @param isExplicit whether the configuration named the port
     */
    public record Address(String host, int port, boolean isExplicit) {
        static final int MAX_PORT = 65_535;

        /** Reads {@code host:port}; throws IllegalArgumentException with what is allowed. */
        public static Address parse(String text) {
            int colon = text.lastIndexOf(':');
            try {
                int port = Integer.parseInt(text.substring(colon + 1));
                if (colon > 0 && port >= 0 && port <= MAX_PORT) {
                    return new Address(text.substring(0, colon), port, true);
                }
            } catch (NumberFormatException e) {
                // Told below, as a missing host is.
            }
            throw new IllegalArgumentException(
                    "address '" + text + "' is no address; write host:port such as localhost:8888");
        }
    }
}
