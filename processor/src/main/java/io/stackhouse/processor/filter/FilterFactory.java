package io.stackhouse.processor.filter;

import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.ProcessorFactory;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Stability;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.processor.filter.FilterConfig.ErrorMode;
import java.util.List;
import java.util.Set;

/** Makes {@code filter} processors. Any thread. */
public final class FilterFactory implements ProcessorFactory<FilterConfig> {
    @Override
    public String type() {
        return "filter";
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
    public FilterConfig defaultConfig() {
        return new FilterConfig(ErrorMode.PROPAGATE, List.of(), List.of(), null, null);
    }

    @Override
    public void check(FilterConfig config) {
        boolean hasNone = true;
        for (Signal signal : signals()) {
            hasNone &= Conditions.of(config, signal).isEmpty();
        }
        if (hasNone) {
            throw new IllegalArgumentException("there is no condition; give trace_conditions or profile_conditions,"
                    + " such as ['resource.attributes[\"service.name\"] == \"x\"']");
        }
    }

    @Override
    public Processor create(FilterConfig config, Consumer next, Telemetry telemetry) {
        return new Filter(config, next, telemetry);
    }
}
