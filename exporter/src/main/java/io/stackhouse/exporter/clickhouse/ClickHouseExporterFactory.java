package io.stackhouse.exporter.clickhouse;

import io.stackhouse.pipeline.Exporter;
import io.stackhouse.pipeline.ExporterFactory;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Stability;
import io.stackhouse.pipeline.Telemetry;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes exporters of type {@code clickhouse}; found by {@link java.util.ServiceLoader}. Any thread. */
public final class ClickHouseExporterFactory implements ExporterFactory<ClickHouseConfig> {
    @Override
    public String type() {
        return "clickhouse";
    }

    @Override
    public Stability stability() {
        return Stability.DEVELOPMENT;
    }

    @Override
    public Set<Signal> signals() {
        return EnumSet.of(Signal.PROFILES, Signal.TRACES);
    }

    @Override
    public ClickHouseConfig defaultConfig() {
        return ClickHouseConfig.defaults();
    }

    @Override
    public boolean wantsDurableJournal() {
        return true;
    }

    @Override
    public Exporter create(ClickHouseConfig config, Telemetry telemetry) {
        return create(config, telemetry, null);
    }

    @Override
    public Exporter create(ClickHouseConfig config, Telemetry telemetry, @Nullable Path folder) {
        String directory = config.blockLog().directory();
        return new ClickHouseExporter(config, telemetry, directory.isEmpty() ? folder : Path.of(directory));
    }

    @Override
    public List<String> schema(ClickHouseConfig config) {
        return SchemaScript.whole(config);
    }
}
