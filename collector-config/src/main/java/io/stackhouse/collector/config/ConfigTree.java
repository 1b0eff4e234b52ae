package io.stackhouse.collector.config;

import io.stackhouse.collector.yaml.Durations;
import io.stackhouse.collector.yaml.SettingsTree;
import io.stackhouse.pipeline.ComponentFactory;
import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.ring.RingSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A configuration as it takes effect: everything merged, variables put in, defaults filled in, secrets not shown. Extensions that are not
 * started are left out. Functions without state.
 */
public final class ConfigTree {
    private ConfigTree() {}

    /** The tree as {@link SettingsTree} has it. */
    public static Map<String, Object> tree(CollectorConfig config) {
        Map<String, Object> tree = new LinkedHashMap<>();
        section(tree, "receivers", config.receivers());
        section(tree, "processors", config.processors());
        section(tree, "exporters", config.exporters());
        section(tree, "extensions", config.extensions());
        tree.put("service", service(config));
        return tree;
    }

    private static <F extends ComponentFactory<?>> void section(
            Map<String, Object> tree, String name, Map<ComponentId, Configured<F>> components) {
        if (components.isEmpty()) {
            return;
        }
        Map<String, Object> section = new LinkedHashMap<>();
        components.forEach((id, component) -> section.put(id.toString(), SettingsTree.of(component.settings())));
        tree.put(name, section);
    }

    private static Map<String, Object> service(CollectorConfig config) {
        Map<String, Object> service = new LinkedHashMap<>();
        if (!config.extensions().isEmpty()) {
            service.put("extensions", names(List.copyOf(config.extensions().keySet())));
        }
        service.put("reload_interval", Durations.format(config.reloadInterval()));
        service.put("telemetry", SettingsTree.of(config.telemetry()));
        Map<String, Object> pipelines = new LinkedHashMap<>();
        config.pipelines().forEach(pipeline -> pipelines.put(pipeline.id(), pipeline(pipeline)));
        service.put("pipelines", pipelines);
        return service;
    }

    private static Map<String, Object> pipeline(PipelineConfig pipeline) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("receivers", names(pipeline.receivers()));
        out.put("processors", names(pipeline.processors()));
        out.put("exporters", names(pipeline.exporters()));
        out.put("journal", SettingsTree.of(pipeline.journal()));
        RingSettings ring = pipeline.ring();
        out.put("ring_size", ring.size());
        out.put("lanes", ring.lanes());
        out.put("stage_threads", ring.stageThreads().name().toLowerCase(Locale.ROOT));
        out.put("wait_strategy", ring.waitStrategy().name().toLowerCase(Locale.ROOT));
        return out;
    }

    private static List<String> names(List<ComponentId> ids) {
        return ids.stream().map(ComponentId::toString).toList();
    }
}
