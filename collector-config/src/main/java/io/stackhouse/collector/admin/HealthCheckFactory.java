package io.stackhouse.collector.admin;

import io.stackhouse.pipeline.Extension;
import io.stackhouse.pipeline.ExtensionFactory;
import io.stackhouse.pipeline.Stability;
import io.stackhouse.pipeline.Telemetry;

/** Makes extensions of type {@code health_check}; found by {@link java.util.ServiceLoader}. Any thread. */
public final class HealthCheckFactory implements ExtensionFactory<HealthCheckConfig> {
    @Override
    public String type() {
        return "health_check";
    }

    @Override
    public Stability stability() {
        return Stability.DEVELOPMENT;
    }

    @Override
    public HealthCheckConfig defaultConfig() {
        return HealthCheckConfig.defaults();
    }

    @Override
    public Extension create(HealthCheckConfig config, Telemetry telemetry) {
        return new HealthCheck(config, telemetry);
    }
}
