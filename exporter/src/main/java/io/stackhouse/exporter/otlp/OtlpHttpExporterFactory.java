package io.stackhouse.exporter.otlp;

import io.stackhouse.pipeline.Exporter;
import io.stackhouse.pipeline.ExporterFactory;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Stability;
import io.stackhouse.pipeline.Telemetry;
import java.util.EnumSet;
import java.util.Set;

/** Makes exporters of type {@code otlp_http}; found by {@link java.util.ServiceLoader}. Any thread. */
public final class OtlpHttpExporterFactory implements ExporterFactory<OtlpHttpConfig> {
    @Override
    public String type() {
        return "otlp_http";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("otlphttp");
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
    public OtlpHttpConfig defaultConfig() {
        return OtlpHttpConfig.defaults();
    }

    @Override
    public void check(OtlpHttpConfig config) {
        config.requireEndpoint();
    }

    @Override
    public boolean wantsDurableJournal() {
        return true;
    }

    @Override
    public Exporter create(OtlpHttpConfig config, Telemetry telemetry) {
        String name = telemetry.component().toString();
        return new OtlpExporter(
                new OtlpExporter.Settings(
                        String.valueOf(config.endpoint()),
                        config.maxRequestSize().bytes(),
                        config.retryOnFailure(),
                        config.sendingQueue()),
                () -> new HttpTransport(config, name, telemetry.clock()),
                telemetry);
    }
}
