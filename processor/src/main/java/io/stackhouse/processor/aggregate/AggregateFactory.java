package io.stackhouse.processor.aggregate;

import io.stackhouse.pipeline.ByteSize;
import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.ProcessorFactory;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Stability;
import io.stackhouse.pipeline.Telemetry;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Makes {@code aggregate} processors. Any thread. */
public final class AggregateFactory implements ProcessorFactory<AggregateConfig> {
    @Override
    public String type() {
        return "aggregate";
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
    public AggregateConfig defaultConfig() {
        return new AggregateConfig(
                Duration.ofSeconds(10), Duration.ofSeconds(15), List.of(), false, 1_000_000, ByteSize.ofMebibytes(64));
    }

    @Override
    public Processor create(AggregateConfig config, Consumer next, Telemetry telemetry) {
        return new Aggregate(config, next, telemetry);
    }
}
