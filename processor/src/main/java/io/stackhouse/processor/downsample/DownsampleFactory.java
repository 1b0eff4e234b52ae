package io.stackhouse.processor.downsample;

import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.ProcessorFactory;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Stability;
import io.stackhouse.pipeline.Telemetry;
import java.util.Map;
import java.util.Set;

/** Makes {@code downsample} processors. Any thread. */
public final class DownsampleFactory implements ProcessorFactory<DownsampleConfig> {
    @Override
    public String type() {
        return "downsample";
    }

    @Override
    public Stability stability() {
        return Stability.DEVELOPMENT;
    }

    @Override
    public Set<Signal> signals() {
        return Set.of(Signal.PROFILES);
    }

    @Override
    public DownsampleConfig defaultConfig() {
        return new DownsampleConfig(0, Map.of(), 0);
    }

    @Override
    public Processor create(DownsampleConfig config, Consumer next, Telemetry telemetry) {
        return new Downsample(config, next, telemetry);
    }
}
