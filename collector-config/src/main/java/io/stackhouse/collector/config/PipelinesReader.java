package io.stackhouse.collector.config;

import io.stackhouse.collector.yaml.Binder;
import io.stackhouse.collector.yaml.ConfigNode;
import io.stackhouse.collector.yaml.Names;
import io.stackhouse.collector.yaml.Place;
import io.stackhouse.collector.yaml.Problems;
import io.stackhouse.pipeline.ComponentFactory;
import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.ring.RingSettings;
import io.stackhouse.pipeline.ring.RingSettings.StageThreads;
import io.stackhouse.pipeline.ring.WaitStrategyName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code service::pipelines} and checks what pipelines refer to. One thread. */
final class PipelinesReader {
    private static final String PATH = "service::pipelines";
    private static final String ALLOWED_IDS = "allowed: profiles, traces, profiles/name, traces/name";

    private final Problems problems;
    private final ComponentsReader<?> receivers;
    private final ComponentsReader<?> processors;
    private final ComponentsReader<?> exporters;
    private final Set<String> usedReferences = new HashSet<>();
    private final List<PipelineConfig> pipelines = new ArrayList<>();

    /** The settings of a pipeline as the file has them. */
    record Body(
            List<String> receivers,
            List<String> processors,
            List<String> exporters,
            JournalConfig journal,
            int ringSize,
            int lanes,
            StageThreads stageThreads,
            WaitStrategyName waitStrategy) {
        Body {
            new RingSettings(ringSize, lanes, stageThreads, waitStrategy);
        }

        static Body of(JournalConfig journal, RingSettings ring) {
            return new Body(
                    List.of(),
                    List.of(),
                    List.of(),
                    journal,
                    ring.size(),
                    ring.lanes(),
                    ring.stageThreads(),
                    ring.waitStrategy());
        }

        RingSettings ring() {
            return new RingSettings(ringSize, lanes, stageThreads, waitStrategy);
        }
    }

    PipelinesReader(
            Problems problems,
            ComponentsReader<?> receivers,
            ComponentsReader<?> processors,
            ComponentsReader<?> exporters) {
        this.problems = problems;
        this.receivers = receivers;
        this.processors = processors;
        this.exporters = exporters;
    }

    /** Reads the section; {@code defaults} are those of every pipeline. */
    List<PipelineConfig> read(ConfigNode node, Body defaults) {
        if (!(node instanceof ConfigNode.Mapping map) || map.entries().isEmpty()) {
            problems.error(
                    node.place(),
                    PATH,
                    "service must have at least one pipeline; write 'profiles: {receivers: [otlp], exporters: [clickhouse]}'");
            return pipelines;
        }
        for (ConfigNode.Entry entry : map.entries()) {
            String path = PATH + "::" + entry.key();
            Signal signal = signal(entry, path);
            Body body = new Binder(problems).bind(entry.value(), path, defaults);
            if (body != null) {
                pipeline(entry, path, signal, body);
            }
        }
        warnOfUnused(receivers);
        warnOfUnused(processors);
        warnOfUnused(exporters);
        return pipelines;
    }

    private @Nullable Signal signal(ConfigNode.Entry entry, String path) {
        ComponentId id = ComponentId.parse(entry.key());
        for (Signal signal : Signal.values()) {
            if (signal.configName().equals(id.type())) {
                if (entry.key().endsWith("/")) {
                    problems.error(entry.place(), path, "the name after the slash is missing; " + ALLOWED_IDS);
                }
                return signal;
            }
        }
        boolean isOther = id.type().equals("logs") || id.type().equals("metrics");
        problems.error(
                entry.place(),
                path,
                isOther
                        ? "pipelines of " + id.type() + " are not supported; " + ALLOWED_IDS
                        : "'" + id.type() + "' is no kind of pipeline"
                                + Names.hint(id.type(), List.of("profiles", "traces")) + "; " + ALLOWED_IDS);
        return null;
    }

    private void pipeline(ConfigNode.Entry entry, String path, @Nullable Signal signal, Body body) {
        int before = problems.errorCount();
        requireSome(entry, path, body.receivers(), receivers);
        requireSome(entry, path, body.exporters(), exporters);
        List<ComponentId> from = references(entry, body.receivers(), receivers, signal);
        List<ComponentId> through = references(entry, body.processors(), processors, signal);
        checkOrder(entry, path, through);
        List<ComponentId> to = references(entry, body.exporters(), exporters, signal);
        if (problems.errorCount() == before && signal != null) {
            pipelines.add(new PipelineConfig(entry.key(), signal, from, through, to, body.journal(), body.ring()));
        }
    }

    private void requireSome(ConfigNode.Entry entry, String path, List<String> given, ComponentsReader<?> reader) {
        if (given.isEmpty()) {
            problems.error(
                    entry.place(),
                    path,
                    "must have at least one " + reader.kind() + "; write " + reader.kind() + "s: [id]"
                            + reader.allIds());
        }
    }

    private List<ComponentId> references(
            ConfigNode.Entry pipeline, List<String> given, ComponentsReader<?> reader, @Nullable Signal signal) {
        List<ComponentId> ids = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            ComponentId id = ComponentId.parse(given.get(i));
            String mistake = mistake(id, ids, reader, signal);
            if (!mistake.isEmpty()) {
                String path = PATH + "::" + pipeline.key();
                problems.error(item(pipeline, reader.kind() + "s", i).place(), path, mistake);
            }
            usedReferences.add(reader.kind() + " " + id);
            ids.add(id);
        }
        return ids;
    }

    private void checkOrder(ConfigNode.Entry pipeline, String path, List<ComponentId> ids) {
        List<StageOrder.Stage> stages = new ArrayList<>();
        for (ComponentId id : ids) {
            ComponentFactory<?> factory = processors.factory(id);
            stages.add(new StageOrder.Stage(id, factory == null ? "" : factory.type()));
        }
        for (StageOrder.Finding finding : StageOrder.findings(stages)) {
            Place place = item(pipeline, "processors", finding.index()).place();
            if (finding.isError()) {
                problems.error(place, path, finding.message());
            } else {
                problems.warn(place, path, finding.message());
            }
        }
    }

    private static String mistake(
            ComponentId id, List<ComponentId> before, ComponentsReader<?> reader, @Nullable Signal signal) {
        String missing = reader.missing(id);
        if (!missing.isEmpty()) {
            return missing;
        }
        if (before.contains(id)) {
            return "references " + reader.kind() + " \"" + id + "\" multiple times; keep one";
        }
        ComponentFactory<?> factory = reader.factory(id);
        if (factory != null && signal != null && !factory.signals().contains(signal)) {
            List<String> allowed =
                    factory.signals().stream().map(Signal::configName).sorted().toList();
            return reader.kind() + " \"" + id + "\" can't be used for " + signal.configName() + "; it is for "
                    + String.join(", ", allowed);
        }
        return "";
    }

    /** The item of a pipeline's list that bound without a mistake. */
    private static ConfigNode item(ConfigNode.Entry pipeline, String key, int index) {
        if (pipeline.value() instanceof ConfigNode.Mapping map) {
            ConfigNode.Entry entry = map.entry(key);
            if (entry != null && entry.value() instanceof ConfigNode.Sequence list) {
                return list.items().get(index);
            }
        }
        return pipeline.value();
    }

    private void warnOfUnused(ComponentsReader<?> reader) {
        reader.places().forEach((id, place) -> {
            if (!usedReferences.contains(reader.kind() + " " + id)) {
                problems.warn(
                        place,
                        reader.kind() + "s::" + id,
                        "no pipeline uses it; name it under service::pipelines or remove it");
            }
        });
    }
}
