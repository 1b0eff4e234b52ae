package io.stackhouse.cli.bench;

import java.nio.file.Path;
import java.util.Locale;

/** What a measured collector does, each more than the one before. */
enum Stage {
    RECEIVE("receive"),
    JOURNAL("+ journal"),
    PROCESSORS("+ processors"),
    CLICKHOUSE("+ ClickHouse");

    private static final String YAML = """
            receivers:
              otlp:
                protocols:
                  grpc: {endpoint: "127.0.0.1:%d"}
                  http: {endpoint: "127.0.0.1:%d"}
            processors:
              aggregate: {interval: 10s, grace: 5s}
              downsample: {thresholds: {cpu/nanoseconds: 50000000}}
            exporters:
              %s
            service:
              telemetry:
                metrics: {address: "127.0.0.1:%d"}
              journal: {%s}
              pipelines:
                profiles: {receivers: [otlp], processors: [%s], exporters: [%s]}
            """;

    private static final String KEEPING = """
            receivers:
              otlp:
                protocols:
                  grpc: {endpoint: "127.0.0.1:%d"}
                  http: {endpoint: "127.0.0.1:%d"}
            exporters:
              clickhouse: {endpoint: "http://127.0.0.1:%d"}
            service:
              telemetry:
                metrics: {address: "127.0.0.1:%d"}
              journal: {directory: "%s"}
              pipelines:
                profiles: {receivers: [otlp], exporters: [clickhouse]}
            """;

    private final String title;

    Stage(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    String fileName() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean hasProcessors() {
        return this == PROCESSORS || this == CLICKHOUSE;
    }

    /**
     * Where a collector has its ports and files.
     *
     * @param clickHousePort 0 without one
     */
    record Place(int grpcPort, int httpPort, int metricsPort, int clickHousePort, Path folder) {}

    /** The configuration: what is measured leaves in an exporter that shows nothing, or in ClickHouse. */
    String yaml(Place place) {
        boolean isStored = this == CLICKHOUSE;
        String exporter = isStored
                ? "clickhouse: {endpoint: \"http://127.0.0.1:" + place.clickHousePort() + "\"}"
                : "debug: {sampling_initial: 0, sampling_thereafter: 0}";
        String journal = this == RECEIVE
                ? "ack: memory"
                : "directory: \"" + place.folder().resolve("journal") + "\", max_disk_size: 4GiB";
        return YAML.formatted(
                place.grpcPort(),
                place.httpPort(),
                exporter,
                place.metricsPort(),
                journal,
                hasProcessors() ? "aggregate, downsample" : "",
                isStored ? "clickhouse" : "debug");
    }

    /** The configuration of a collector that stores all that it gets as it is. */
    static String keeping(Place place) {
        return KEEPING.formatted(
                place.grpcPort(),
                place.httpPort(),
                place.clickHousePort(),
                place.metricsPort(),
                place.folder().resolve("journal"));
    }
}
