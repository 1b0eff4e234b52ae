package io.stackhouse.cli;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What {@code up} was asked for.
 *
 * @param runFor how long, or null until a signal
 * @param data the folder, absolute
 */
record UpOptions(
        @Nullable Duration runFor, Path data, Ports ports, int samplesPerSecond, Duration interval, boolean showTable) {

    /** All on loopback. */
    record Ports(int http, int tcp, int otlpGrpc, int otlpHttp, int collectorMetrics, int agentMetrics) {}
}
