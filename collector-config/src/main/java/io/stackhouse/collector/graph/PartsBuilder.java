package io.stackhouse.collector.graph;

import io.stackhouse.collector.config.CollectorConfig;
import io.stackhouse.collector.config.Configured;
import io.stackhouse.collector.config.PipelineConfig;
import io.stackhouse.collector.graph.Parts.Chain;
import io.stackhouse.collector.graph.Parts.Destination;
import io.stackhouse.collector.graph.Parts.Entrance;
import io.stackhouse.collector.graph.Parts.Line;
import io.stackhouse.collector.graph.Parts.Made;
import io.stackhouse.pipeline.Authenticator;
import io.stackhouse.pipeline.Component;
import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.Exporter;
import io.stackhouse.pipeline.ExporterFactory;
import io.stackhouse.pipeline.Extension;
import io.stackhouse.pipeline.ExtensionFactory;
import io.stackhouse.pipeline.Extensions;
import io.stackhouse.pipeline.Inlet;
import io.stackhouse.pipeline.Inlets;
import io.stackhouse.pipeline.ProcessorFactory;
import io.stackhouse.pipeline.ReceiverFactory;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.log.Journal;
import io.stackhouse.pipeline.ring.Pipeline;
import io.stackhouse.pipeline.ring.RingSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the {@link Parts} of a configuration: extensions, exporters, then each pipeline from its end to its head, then receivers. Takes over
 * from the parts before what would be made of the same settings, and starts nothing. One use.
 */
final class PartsBuilder {
    private static final Logger LOG = LoggerFactory.getLogger(PartsBuilder.class);

    private final CollectorConfig config;
    private final Workshop workshop;
    private final Parts before;
    private final Parts parts = new Parts();
    private final Map<ComponentId, Map<Signal, List<Inlet>>> inlets = new LinkedHashMap<>();

    /** @param before what runs; nothing at the start */
    PartsBuilder(CollectorConfig config, Workshop workshop, Parts before) {
        this.config = config;
        this.workshop = workshop;
        this.before = before;
    }

    /** Components that no pipeline uses are left out. */
    Parts build() {
        config.extensions().forEach(this::extension);
        for (PipelineConfig pipeline : config.pipelines()) {
            for (ComponentId id : pipeline.exporters()) {
                parts.destinations.computeIfAbsent(id, this::destination);
            }
        }
        for (PipelineConfig pipeline : config.pipelines()) {
            Line line = line(pipeline);
            parts.lines.put(pipeline.id(), line);
            for (ComponentId id : pipeline.receivers()) {
                inlets.computeIfAbsent(id, unused -> new EnumMap<>(Signal.class))
                        .computeIfAbsent(pipeline.signal(), unused -> new ArrayList<>())
                        .add(GuardedInlet.of(line.chain().keepers(), line.pipeline()));
            }
        }
        inlets.forEach((id, bySignal) -> parts.entrances.put(id, entrance(id, bySignal)));
        return parts;
    }

    private void extension(ComponentId id, Configured<ExtensionFactory<?>> configured) {
        Made<Extension> known = before.extensions.get(id);
        Made<Extension> made = known != null && known.isMadeOf(configured)
                ? known
                : new Made<>(
                        "extension " + id,
                        configured,
                        create(configured.factory(), configured.settings(), workshop.telemetry(id)));
        parts.extensions.put(id, made);
        if (made.component() instanceof Authenticator authenticator) {
            AuthenticatorDoor door = before.authenticators.get(id);
            parts.authenticators.put(id, door == null ? new AuthenticatorDoor(authenticator) : door);
        }
    }

    private Destination destination(ComponentId id) {
        Configured<ExporterFactory<?>> configured = found(config.exporters(), id);
        Destination known = before.destinations.get(id);
        if (known != null && known.exporter().isMadeOf(configured)) {
            return known;
        }
        Exporter exporter = create(configured.factory(), configured.settings(), workshop.telemetry(id), folder(id));
        return new Destination(
                new Made<>("exporter " + id, configured, exporter), new Turnstile(exporter, workshop.telemetry(id)));
    }

    /** Beside the journal of the first of its pipelines that has one on disk; null when none has. */
    private @Nullable Path folder(ComponentId exporter) {
        for (PipelineConfig pipeline : config.pipelines()) {
            Path journal =
                    pipeline.exporters().contains(exporter) ? plan(pipeline).folder() : null;
            if (journal != null) {
                return journal.resolveSibling("exporter-" + exporter.toString().replace('/', '_'));
            }
        }
        return null;
    }

    private Journals.Plan plan(PipelineConfig pipeline) {
        boolean isDurableWanted = pipeline.exporters().stream()
                .anyMatch(id -> found(config.exporters(), id).factory().wantsDurableJournal());
        return workshop.journals().plan(pipeline.journal(), isDurableWanted, pipeline.id());
    }

    private Line line(PipelineConfig pipeline) {
        Telemetry telemetry = workshop.telemetry(ComponentId.parse(pipeline.id()));
        Journals.Plan plan = plan(pipeline);
        Line known = before.lines.get(pipeline.id());
        if (known == null) {
            return newLine(pipeline, plan, telemetry);
        }
        boolean isSame = known.plan().equals(plan) && known.config().ring().equals(pipeline.ring());
        if (!isSame && !known.plan().isInFolderOf(plan)) {
            return newLine(pipeline, plan, telemetry);
        }
        if (!isSame) {
            LOG.warn(
                    "Pipeline {}: its journal, ring_size, lanes, stage_threads and wait_strategy stay as they are until the next"
                            + " start, since the journal's folder is in use",
                    pipeline.id());
        }
        return new Line(known.config(), known.plan(), known.journal(), known.pipeline(), chain(pipeline, known));
    }

    private Line newLine(PipelineConfig pipeline, Journals.Plan plan, Telemetry telemetry) {
        Chain chain = newChain(pipeline, pipeline.ring(), ends(pipeline));
        Journal journal = workshop.journals().journal(plan, telemetry);
        Pipeline built = new Pipeline(pipeline.id(), pipeline.ring(), journal, chain.lanes(), telemetry);
        return new Line(pipeline, plan, journal, built, chain);
    }

    /** The one that runs when nothing of it is another, else a new one: a processor knows its next one. */
    private Chain chain(PipelineConfig pipeline, Line known) {
        List<Destination> ends = ends(pipeline);
        Chain old = known.chain();
        List<ComponentId> ids = pipeline.processors();
        boolean isSame = old.ends().equals(ends) && old.processors().size() == ids.size();
        for (int i = 0; isSame && i < ids.size(); i++) {
            Configured<ProcessorFactory<?>> made = old.processors().get(i);
            isSame = made.id().equals(ids.get(i)) && Parts.areAlike(made, found(config.processors(), ids.get(i)));
        }
        return isSame ? old : newChain(pipeline, known.config().ring(), ends);
    }

    private List<Destination> ends(PipelineConfig pipeline) {
        return pipeline.exporters().stream()
                .map(id -> found(parts.destinations, id))
                .toList();
    }

    private Chain newChain(PipelineConfig pipeline, RingSettings ring, List<Destination> ends) {
        return new ChainBuilder(pipeline, ring, config, workshop).build(ends);
    }

    private Entrance entrance(ComponentId id, Map<Signal, List<Inlet>> bySignal) {
        Map<Signal, Inlet> targets = new EnumMap<>(Signal.class);
        bySignal.forEach((signal, pipelines) ->
                targets.put(signal, pipelines.size() == 1 ? pipelines.get(0) : new BroadcastInlet(pipelines)));
        Configured<ReceiverFactory<?>> configured = found(config.receivers(), id);
        Entrance known = before.entrances.get(id);
        if (known != null && known.receiver().isMadeOf(configured)) {
            return new Entrance(known.receiver(), known.gate(), targets);
        }
        Gate gate = new Gate(targets);
        Extensions extensions = extensions();
        ReceiverRun receiver = new ReceiverRun(() ->
                create(configured.factory(), configured.settings(), gate.inlets(), extensions, workshop.telemetry(id)));
        return new Entrance(new Made<>("receiver " + id, configured, receiver), gate, targets);
    }

    private Extensions extensions() {
        Map<ComponentId, Extension> known = new LinkedHashMap<>();
        parts.extensions.forEach((id, made) -> known.put(id, made.component()));
        known.putAll(parts.authenticators);
        return new Extensions(known);
    }

    @SuppressWarnings("unchecked") // The settings were bound from this factory's own defaults.
    private static <C extends Record> Exporter create(
            ExporterFactory<C> factory, Record settings, Telemetry telemetry, @Nullable Path folder) {
        return factory.create((C) settings, telemetry, folder);
    }

    @SuppressWarnings("unchecked") // The settings were bound from this factory's own defaults.
    private static <C extends Record> Extension create(
            ExtensionFactory<C> factory, Record settings, Telemetry telemetry) {
        return factory.create((C) settings, telemetry);
    }

    @SuppressWarnings("unchecked") // The settings were bound from this factory's own defaults.
    private static <C extends Record> Component create(
            ReceiverFactory<C> factory, Record settings, Inlets next, Extensions extensions, Telemetry telemetry) {
        return factory.create((C) settings, next, extensions, telemetry);
    }

    static <K, V> V found(Map<K, V> map, K id) {
        V value = map.get(id);
        if (value == null) {
            throw new IllegalStateException("'" + id + "' is not configured");
        }
        return value;
    }
}
