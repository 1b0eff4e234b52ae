package io.stackhouse.exporter.debug;

import io.stackhouse.pipeline.Exporter;
import io.stackhouse.pipeline.ExporterFactory;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Stability;
import io.stackhouse.pipeline.Telemetry;
import java.util.EnumSet;
import java.util.Set;

/** Makes exporters of type {@code debug}; found by {@link java.util.ServiceLoader}. Any thread. */
public final class DebugExporterFactory implements ExporterFactory<DebugConfig> {
    @Override
    public String type() {
        return "debug";
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
    public DebugConfig defaultConfig() {
        return DebugConfig.defaults();
    }

    @Override
    public Exporter create(DebugConfig config, Telemetry telemetry) {
        return new DebugExporter(config, telemetry);
    }
}
