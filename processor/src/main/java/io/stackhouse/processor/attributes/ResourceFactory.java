package io.stackhouse.processor.attributes;

import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.ProcessorFactory;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Stability;
import io.stackhouse.pipeline.Telemetry;
import java.util.List;
import java.util.Set;

/** Makes {@code resource} processors. Any thread. */
public final class ResourceFactory implements ProcessorFactory<ResourceConfig> {
    @Override
    public String type() {
        return "resource";
    }

    @Override
    public Stability stability() {
        return Stability.DEVELOPMENT;
    }

    @Override
    public Set<Signal> signals() {
        return Set.of(Signal.PROFILES, Signal.TRACES);
    }

    @Override
    public ResourceConfig defaultConfig() {
        return new ResourceConfig(List.of());
    }

    @Override
    public void check(ResourceConfig config) {
        if (config.attributes().isEmpty()) {
            throw new IllegalArgumentException(
                    "attributes must list at least one action; write [{key: k, action: upsert, value: v}]");
        }
    }

    @Override
    public Processor create(ResourceConfig config, Consumer next, Telemetry telemetry) {
        return new ResourceActions(config, next, telemetry);
    }
}
