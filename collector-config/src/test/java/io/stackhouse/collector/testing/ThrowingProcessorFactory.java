package io.stackhouse.collector.testing;

import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.ProcessorFactory;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Stability;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Batch;
import java.util.Set;

/** A stage that throws on each so many-th batch. */
public final class ThrowingProcessorFactory implements ProcessorFactory<ThrowingProcessorFactory.Config> {
    /** Settings. */
    public record Config(int each) {}

    @Override
    public String type() {
        return "throwing";
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
    public Config defaultConfig() {
        return new Config(100);
    }

    @Override
    public Processor create(Config config, Consumer next, Telemetry telemetry) {
        return new Processor() {
            private int batches;

            @Override
            public void start() {}

            @Override
            public void accept(Batch batch) {
                if (++batches % config.each() == 0) {
                    throw new IllegalStateException("batch " + batches + " is one too many");
                }
                next.accept(batch);
            }

            @Override
            public void close() {}
        };
    }
}
