package io.stackhouse.processor.downsample;

import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.ProcessorFactory;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Stability;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.processor.downsample.DownsampleConfig.BudgetScope;
import io.stackhouse.processor.downsample.DownsampleConfig.FirstSeenConfig;
import io.stackhouse.processor.downsample.DownsampleConfig.TracesConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes {@code downsample} processors. Those of one id share the table of traces, so that one in a traces pipeline tells the one in
 * a profiles pipeline; the table outlives a reload unless its settings change. Any thread.
 */
public final class DownsampleFactory implements ProcessorFactory<DownsampleConfig> {
    private final Map<ComponentId, NotableTraces> traces = new ConcurrentHashMap<>();

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
        return Set.of(Signal.PROFILES, Signal.TRACES);
    }

    @Override
    public DownsampleConfig defaultConfig() {
        return new DownsampleConfig(
                0,
                Map.of(),
                0,
                BudgetScope.PIPELINE,
                Duration.ofSeconds(10),
                0,
                new FirstSeenConfig(0.05, 1 << 18),
                new TracesConfig(0, true, Duration.ZERO, 1 << 16, Duration.ofMinutes(5), Duration.ZERO, 1_000_000));
    }

    @Override
    public Processor create(DownsampleConfig config, Consumer next, Telemetry telemetry) {
        return createLanes(config, List.of(next), telemetry).get(0);
    }

    @Override
    public List<Processor> createLanes(DownsampleConfig config, List<Consumer> nexts, Telemetry telemetry) {
        NotableTraces notable = traces.compute(
                telemetry.component(),
                (id, known) -> known != null && known.isFor(config.traces())
                        ? known
                        : new NotableTraces(config.traces(), telemetry.clock()));
        SharedBudget shared = SharedBudget.of(config, nexts.size());
        List<Processor> lanes = new ArrayList<>(nexts.size());
        for (Consumer next : nexts) {
            lanes.add(new Downsample(config, shared, notable, next, telemetry));
        }
        return lanes;
    }
}
