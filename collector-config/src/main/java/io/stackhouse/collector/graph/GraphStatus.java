package io.stackhouse.collector.graph;

import io.stackhouse.collector.config.CollectorConfig;
import io.stackhouse.collector.config.PipelineConfig;
import io.stackhouse.collector.graph.Parts.Line;
import io.stackhouse.collector.graph.Parts.Made;
import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.Extension;
import io.stackhouse.pipeline.PipelineStatus;
import io.stackhouse.pipeline.ServiceObserver;
import io.stackhouse.pipeline.ServiceStatus;
import io.stackhouse.pipeline.ring.Pipeline;
import java.util.ArrayList;
import java.util.List;

/** A graph as extensions see it, over reloads. One thread changes it, any reads. */
final class GraphStatus implements ServiceStatus {
    private volatile List<Shown> shown = List.of();
    private volatile List<ComponentId> extensions = List.of();
    private volatile Phase phase = Phase.STARTING;

    private record Shown(String id, PipelineStatus.Parts parts, Pipeline pipeline) {}

    /** What runs from now on. */
    void show(CollectorConfig config, Parts parts) {
        List<Shown> next = new ArrayList<>();
        for (PipelineConfig pipeline : config.pipelines()) {
            Line line = parts.lines.get(pipeline.id());
            if (line != null) {
                PipelineStatus.Parts named =
                        new PipelineStatus.Parts(pipeline.receivers(), pipeline.processors(), pipeline.exporters());
                next.add(new Shown(pipeline.id(), named, line.pipeline()));
            }
        }
        shown = List.copyOf(next);
        extensions = List.copyOf(parts.extensions.keySet());
    }

    /** Shows itself to the extensions that look at the service. */
    void tell(Parts parts) {
        for (Made<Extension> made : parts.extensions.values()) {
            if (made.component() instanceof ServiceObserver observer) {
                observer.observe(this);
            }
        }
    }

    void enter(Phase next) {
        phase = next;
    }

    @Override
    public Phase phase() {
        return phase;
    }

    @Override
    public List<PipelineStatus> pipelines() {
        List<PipelineStatus> out = new ArrayList<>();
        for (Shown pipeline : shown) {
            out.add(new PipelineStatus(
                    pipeline.id(), pipeline.parts(), pipeline.pipeline().flow()));
        }
        return out;
    }

    @Override
    public List<ComponentId> extensions() {
        return extensions;
    }
}
