package io.stackhouse.receiver.otlp;

import io.stackhouse.pipeline.Component;
import io.stackhouse.pipeline.Extensions;
import io.stackhouse.pipeline.Inlets;
import io.stackhouse.pipeline.ReceiverFactory;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Stability;
import io.stackhouse.pipeline.Telemetry;
import java.util.Set;

/** Makes {@code otlp} receivers. Any thread. */
public final class OtlpReceiverFactory implements ReceiverFactory<OtlpConfig> {
    @Override
    public String type() {
        return "otlp";
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
    public OtlpConfig defaultConfig() {
        return OtlpConfig.defaults();
    }

    @Override
    public Component create(OtlpConfig config, Inlets next, Extensions extensions, Telemetry telemetry) {
        return new OtlpReceiver(config, next, extensions, telemetry);
    }
}
