package io.stackhouse.exporter.otlp;

import io.stackhouse.pipeline.Exporter;
import io.stackhouse.pipeline.ExporterFactory;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Stability;
import io.stackhouse.pipeline.Telemetry;
import java.util.EnumSet;
import java.util.Set;

/** Makes exporters of type {@code otlp_grpc}; found by {@link java.util.ServiceLoader}. Any thread. */
public final class OtlpGrpcExporterFactory implements ExporterFactory<OtlpGrpcConfig> {
    @Override
    public String type() {
        return "otlp_grpc";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("otlp");
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
    public OtlpGrpcConfig defaultConfig() {
        return OtlpGrpcConfig.defaults();
    }

    @Override
    public void check(OtlpGrpcConfig config) {
        Endpoint unused = config.address();
    }

    @Override
    public boolean wantsDurableJournal() {
        return true;
    }

    @Override
    public Exporter create(OtlpGrpcConfig config, Telemetry telemetry) {
        String name = telemetry.component().toString();
        return new OtlpExporter(
                new OtlpExporter.Settings(
                        config.address().toString(),
                        config.maxRequestSize().bytes(),
                        config.retryOnFailure(),
                        config.sendingQueue()),
                () -> new GrpcTransport(config, name),
                telemetry);
    }
}
