package io.stackhouse.collector.admin;

import io.stackhouse.pipeline.Extension;
import io.stackhouse.pipeline.ExtensionFactory;
import io.stackhouse.pipeline.Stability;
import io.stackhouse.pipeline.Telemetry;

/** Makes extensions of type {@code zpages}; found by {@link java.util.ServiceLoader}. Any thread. */
public final class ZpagesFactory implements ExtensionFactory<ZpagesConfig> {
    @Override
    public String type() {
        return "zpages";
    }

    @Override
    public Stability stability() {
        return Stability.DEVELOPMENT;
    }

    @Override
    public ZpagesConfig defaultConfig() {
        return ZpagesConfig.defaults();
    }

    @Override
    public Extension create(ZpagesConfig config, Telemetry telemetry) {
        return new Zpages(config, telemetry);
    }
}
