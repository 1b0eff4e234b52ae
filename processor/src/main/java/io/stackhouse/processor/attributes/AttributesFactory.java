package io.stackhouse.processor.attributes;

import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.ProcessorFactory;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Stability;
import io.stackhouse.pipeline.Telemetry;
import java.util.List;
import java.util.Set;

/** Makes {@code attributes} processors. Any thread. */
public final class AttributesFactory implements ProcessorFactory<AttributesConfig> {
    @Override
    public String type() {
        return "attributes";
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
    public AttributesConfig defaultConfig() {
        return new AttributesConfig(List.of(), null, null);
    }

    @Override
    public void check(AttributesConfig config) {
        if (config.actions().isEmpty()) {
            throw new IllegalArgumentException(
                    "actions must list at least one action; write [{key: k, action: upsert, value: v}]");
        }
    }

    @Override
    public Processor create(AttributesConfig config, Consumer next, Telemetry telemetry) {
        return new AttributeActions(config, next, telemetry);
    }
}
