package io.stackhouse.processor.memorylimiter;

import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.ProcessorFactory;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Stability;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Batch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Makes {@code memory_limiter} processors. Any thread. */
public final class MemoryLimiterFactory implements ProcessorFactory<MemoryLimiterConfig> {
    @Override
    public String type() {
        return "memory_limiter";
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
    public MemoryLimiterConfig defaultConfig() {
        return new MemoryLimiterConfig(
                Duration.ofSeconds(1), 0, 0, 0, 0, Duration.ofSeconds(10), Duration.ofSeconds(0));
    }

    @Override
    public void check(MemoryLimiterConfig config) {
        if (config.limitMib() == 0 && config.limitPercentage() == 0) {
            throw new IllegalArgumentException(
                    "limit_mib or limit_percentage must be given and more than 0; write limit_percentage: 80");
        }
    }

    @Override
    public Processor create(MemoryLimiterConfig config, Consumer next, Telemetry telemetry) {
        return new MemoryLimiter(config, new OwnHeap(), next, telemetry);
    }

    /** One limiter, in the first lane: it decides at the pipeline's door, and the others have nothing to do. */
    @Override
    public List<Processor> createLanes(MemoryLimiterConfig config, List<Consumer> nexts, Telemetry telemetry) {
        List<Processor> lanes = new ArrayList<>(nexts.size());
        lanes.add(create(config, nexts.get(0), telemetry));
        for (Consumer next : nexts.subList(1, nexts.size())) {
            lanes.add(new PassThrough(next));
        }
        return lanes;
    }

    private record PassThrough(Consumer next) implements Processor {
        @Override
        public void start() {
            // Nothing to do.
        }

        @Override
        public void accept(Batch batch) {
            next.accept(batch);
        }

        @Override
        public void close() {
            // Nothing to give back.
        }
    }
}
