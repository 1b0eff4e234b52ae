package io.stackhouse.collector.graph;

import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.MeterProvider;
import io.stackhouse.collector.config.CollectorConfig;
import io.stackhouse.collector.config.Configured;
import io.stackhouse.collector.config.PipelineConfig;
import io.stackhouse.collector.graph.Graph.Stage;
import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.Component;
import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Exporter;
import io.stackhouse.pipeline.ExporterFactory;
import io.stackhouse.pipeline.Extension;
import io.stackhouse.pipeline.ExtensionFactory;
import io.stackhouse.pipeline.Extensions;
import io.stackhouse.pipeline.Inlet;
import io.stackhouse.pipeline.Inlets;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.ProcessorFactory;
import io.stackhouse.pipeline.ReceiverFactory;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.TimedProcessor;
import io.stackhouse.pipeline.log.Journal;
import io.stackhouse.pipeline.ring.Fanout;
import io.stackhouse.pipeline.ring.Pipeline;
import io.stackhouse.pipeline.ring.Stages;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes a {@link Graph} of a configuration: extensions, exporters, then each pipeline from its end to its head, then receivers. One use. */
public final class GraphBuilder {
    private final CollectorConfig config;
    private final Meter meter;
    private final Clock clock;
    private final Journals journals;
    private final List<Stage> stages = new ArrayList<>();
    private final Map<ComponentId, Extension> extensions = new LinkedHashMap<>();
    private final Map<ComponentId, Consumer> exporters = new LinkedHashMap<>();
    private final Map<ComponentId, Map<Signal, List<Inlet>>> inlets = new LinkedHashMap<>();

    public GraphBuilder(CollectorConfig config, MeterProvider meters, Clock clock, Journals journals) {
        this.config = config;
        this.meter = meters.get("stackhouse");
        this.clock = clock;
        this.journals = journals;
    }

    /** Builds and starts nothing; components that no pipeline uses are left out. */
    public Graph build() {
        for (PipelineConfig pipeline : config.pipelines()) {
            for (ComponentId id : pipeline.exporters()) {
                exporters.computeIfAbsent(id, this::exporter);
            }
        }
        for (PipelineConfig pipeline : config.pipelines()) {
            pipeline(pipeline);
        }
        config.extensions().keySet().forEach(this::extension);
        inlets.forEach(this::receiver);
        return new Graph(stages);
    }

    /** Before all that was built so far: started first, closed last. */
    private void extension(ComponentId id) {
        Configured<ExtensionFactory<?>> configured = found(config.extensions(), id);
        Extension extension = create(configured.factory(), configured.settings(), telemetry(id));
        stages.add(extensions.size(), new Stage("extension " + id, extension));
        extensions.put(id, extension);
    }

    private Consumer exporter(ComponentId id) {
        Configured<ExporterFactory<?>> configured = found(config.exporters(), id);
        Exporter exporter = create(configured.factory(), configured.settings(), telemetry(id));
        stages.add(new Stage("exporter " + id, exporter));
        long users = config.pipelines().stream()
                .filter(pipeline -> pipeline.exporters().contains(id))
                .count();
        return users > 1 ? new Turnstile(exporter) : exporter;
    }

    private void pipeline(PipelineConfig pipeline) {
        List<Consumer> ends =
                pipeline.exporters().stream().map(id -> found(exporters, id)).toList();
        Consumer head = new Fanout(ends);
        List<TimedProcessor> timed = new ArrayList<>();
        for (int i = pipeline.processors().size() - 1; i >= 0; i--) {
            ComponentId id = pipeline.processors().get(i);
            Configured<ProcessorFactory<?>> configured = found(config.processors(), id);
            Processor processor = create(configured.factory(), configured.settings(), head, telemetry(id));
            stages.add(new Stage("processor " + id + " of " + pipeline.id(), processor));
            if (processor instanceof TimedProcessor holding) {
                timed.add(0, holding);
            }
            head = processor;
        }
        Telemetry telemetry = telemetry(ComponentId.parse(pipeline.id()));
        boolean isDurableWanted = pipeline.exporters().stream()
                .anyMatch(id -> found(config.exporters(), id).factory().wantsDurableJournal());
        Journal journal = journals.journal(pipeline.journal(), isDurableWanted, telemetry);
        // First of all: closed last, when the exporters have settled what they could.
        stages.add(0, new Stage("journal of " + pipeline.id(), journal));
        Pipeline built = new Pipeline(pipeline.id(), pipeline.ringSize(), journal, new Stages(head, timed), telemetry);
        stages.add(new Stage("pipeline " + pipeline.id(), built));
        for (ComponentId id : pipeline.receivers()) {
            inlets.computeIfAbsent(id, unused -> new EnumMap<>(Signal.class))
                    .computeIfAbsent(pipeline.signal(), unused -> new ArrayList<>())
                    .add(built);
        }
    }

    private void receiver(ComponentId id, Map<Signal, List<Inlet>> bySignal) {
        Map<Signal, Inlet> doors = new EnumMap<>(Signal.class);
        bySignal.forEach((signal, pipelines) ->
                doors.put(signal, pipelines.size() == 1 ? pipelines.get(0) : new BroadcastInlet(pipelines)));
        Configured<ReceiverFactory<?>> configured = found(config.receivers(), id);
        Component receiver = create(configured.factory(), configured.settings(), new Inlets(doors), telemetry(id));
        stages.add(new Stage("receiver " + id, receiver));
    }

    private Telemetry telemetry(ComponentId id) {
        return new Telemetry(id, meter, clock);
    }

    @SuppressWarnings("unchecked") // The settings were bound from this factory's own defaults.
    private static <C extends Record> Exporter create(
            ExporterFactory<C> factory, Record settings, Telemetry telemetry) {
        return factory.create((C) settings, telemetry);
    }

    @SuppressWarnings("unchecked") // The settings were bound from this factory's own defaults.
    private static <C extends Record> Processor create(
            ProcessorFactory<C> factory, Record settings, Consumer next, Telemetry telemetry) {
        return factory.create((C) settings, next, telemetry);
    }

    @SuppressWarnings("unchecked") // The settings were bound from this factory's own defaults.
    private static <C extends Record> Extension create(
            ExtensionFactory<C> factory, Record settings, Telemetry telemetry) {
        return factory.create((C) settings, telemetry);
    }

    @SuppressWarnings("unchecked") // The settings were bound from this factory's own defaults.
    private <C extends Record> Component create(
            ReceiverFactory<C> factory, Record settings, Inlets next, Telemetry telemetry) {
        return factory.create((C) settings, next, new Extensions(extensions), telemetry);
    }

    private static <V> V found(Map<ComponentId, V> map, ComponentId id) {
        V value = map.get(id);
        if (value == null) {
            throw new IllegalStateException("'" + id + "' is not configured");
        }
        return value;
    }
}
