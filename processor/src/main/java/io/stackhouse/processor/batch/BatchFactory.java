package io.stackhouse.processor.batch;

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

/** Makes {@code batch} processors. Any thread. */
public final class BatchFactory implements ProcessorFactory<BatchConfig> {
    @Override
    public String type() {
        return "batch";
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
    public BatchConfig defaultConfig() {
        return new BatchConfig(
                8192, Duration.ofMillis(200), 0, ByteSize.ofMebibytes(0), ByteSize.ofMebibytes(0), List.of(), 1000);
    }

    @Override
    public Processor create(BatchConfig config, Consumer next, Telemetry telemetry) {
        return new Batching(config, next, telemetry);
    }
}
