package io.stackhouse.collector.config;

import io.stackhouse.collector.yaml.Binder;
import io.stackhouse.collector.yaml.ConfigNode;
import io.stackhouse.collector.yaml.Names;
import io.stackhouse.collector.yaml.Place;
import io.stackhouse.collector.yaml.Problems;
import io.stackhouse.collector.yaml.Variables;
import io.stackhouse.collector.yaml.YamlReader;
import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.ConfigException;
import io.stackhouse.pipeline.ExporterFactory;
import io.stackhouse.pipeline.ExtensionFactory;
import io.stackhouse.pipeline.ProcessorFactory;
import io.stackhouse.pipeline.ReceiverFactory;
import io.stackhouse.pipeline.ring.RingSettings;
import io.stackhouse.pipeline.ring.RingSettings.StageThreads;
import io.stackhouse.pipeline.ring.WaitStrategyName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads a configuration of the OpenTelemetry Collector's shape. One use, one thread. */
public final class ConfigLoader {
    private static final List<String> TOP = List.of("receivers", "processors", "exporters", "extensions", "service");
    private static final List<String> SINGLE_SETTINGS =
            List.of("journal", "ring_size", "lanes", "stage_threads", "wait_strategy", "reload_interval");
    private static final List<String> SERVICE = Stream.concat(
                    Stream.of("extensions", "pipelines", "telemetry"), SINGLE_SETTINGS.stream())
            .toList();
    private static final Duration MIN_RELOAD_INTERVAL = Duration.ofMillis(100);

    private final Problems problems = new Problems();
    private final ComponentsReader<ReceiverFactory<?>> receivers;
    private final ComponentsReader<ProcessorFactory<?>> processors;
    private final ComponentsReader<ExporterFactory<?>> exporters;
    private final ComponentsReader<ExtensionFactory<?>> extensions;
    private Map<ComponentId, Configured<ExtensionFactory<?>>> started = Map.of();
    private List<PipelineConfig> pipelines = List.of();
    private TelemetryConfig telemetry = TelemetryConfig.defaults();
    private Duration reloadInterval = Duration.ZERO;

    /**
     * Single settings of the service.
     *
     * @param journal of all pipelines, unless one has its own
     * @param ringSize and what follows but the last as {@link RingSettings} has them, of all pipelines, unless one has its own
     */
    record ServiceSettings(
            JournalConfig journal,
            int ringSize,
            int lanes,
            StageThreads stageThreads,
            WaitStrategyName waitStrategy,
            Duration reloadInterval) {
        ServiceSettings {
            new RingSettings(ringSize, lanes, stageThreads, waitStrategy);
            if (!reloadInterval.isZero() && reloadInterval.compareTo(MIN_RELOAD_INTERVAL) < 0) {
                throw new IllegalArgumentException("reload_interval must be 0s (never) or at least 100ms; write 10s");
            }
        }

        static ServiceSettings builtIn() {
            RingSettings ring = RingSettings.defaults();
            return new ServiceSettings(
                    JournalConfig.defaults(),
                    ring.size(),
                    ring.lanes(),
                    ring.stageThreads(),
                    ring.waitStrategy(),
                    Duration.ZERO);
        }

        RingSettings ring() {
            return new RingSettings(ringSize, lanes, stageThreads, waitStrategy);
        }
    }

    public ConfigLoader(Factories factories) {
        this.receivers = new ComponentsReader<>("receiver", factories.receivers(), problems);
        this.processors = new ComponentsReader<>("processor", factories.processors(), problems);
        this.exporters = new ComponentsReader<>("exporter", factories.exporters(), problems);
        this.extensions = new ComponentsReader<>("extension", factories.extensions(), problems);
    }

    /**
     * Reads a file.
     *
     * @param environment the variables of {@code ${env:NAME}}
     * @throws ConfigException with all mistakes when there are any
     */
    public CollectorConfig load(Path file, Map<String, String> environment) {
        return load(ConfigSources.ofFile(file), environment);
    }

    /** The same for several files and single settings. */
    public CollectorConfig load(ConfigSources sources, Map<String, String> environment) {
        return load(sources.read(environment, problems));
    }

    CollectorConfig load(String file, String text, Variables variables) {
        return load(new YamlReader(file, variables, problems).read(text));
    }

    private CollectorConfig load(@Nullable ConfigNode root) {
        if (root != null) {
            top(root);
        }
        if (problems.errorCount() > 0) {
            throw new ConfigException(problems.errors());
        }
        return new CollectorConfig(
                receivers.configured(),
                processors.configured(),
                exporters.configured(),
                started,
                pipelines,
                telemetry,
                reloadInterval,
                problems.warnings());
    }

    private void top(ConfigNode root) {
        if (!(root instanceof ConfigNode.Mapping map)) {
            problems.error(
                    root.place(),
                    "",
                    "expected a map, found " + root.described() + "; allowed keys: " + String.join(", ", TOP));
            return;
        }
        refuseUnknown(map, "", TOP);
        section(map, receivers);
        optional(map, "processors", processors);
        section(map, exporters);
        optional(map, "extensions", extensions);
        ConfigNode.Entry service = map.entry("service");
        if (service == null || !(service.value() instanceof ConfigNode.Mapping serviceMap)) {
            Place place = service == null ? map.place() : service.place();
            problems.error(place, "service", "must be given; write 'service: {pipelines: {…}}'");
        } else {
            service(serviceMap);
        }
    }

    private void section(ConfigNode.Mapping map, ComponentsReader<?> reader) {
        String key = reader.kind() + "s";
        ConfigNode.Entry entry = map.entry(key);
        if (entry == null || entry.value().isNull()) {
            Place place = entry == null ? map.place() : entry.place();
            problems.error(
                    place, key, "no " + reader.kind() + " configuration specified in config; at least one is needed");
            return;
        }
        reader.read(entry);
    }

    private static void optional(ConfigNode.Mapping map, String key, ComponentsReader<?> reader) {
        ConfigNode.Entry entry = map.entry(key);
        if (entry != null) {
            reader.read(entry);
        }
    }

    private void service(ConfigNode.Mapping service) {
        refuseUnknown(service, "service", SERVICE);
        Binder binder = new Binder(problems);
        started = new ExtensionsReader(problems, extensions).read(service, receivers.references());
        ConfigNode.Entry telemetryEntry = service.entry("telemetry");
        if (telemetryEntry != null) {
            TelemetryConfig bound = binder.bind(telemetryEntry.value(), "service::telemetry", telemetry);
            telemetry = bound == null ? telemetry : bound;
        }
        PipelinesReader.Body defaults = pipelineDefaults(service, binder);
        ConfigNode.Entry entry = service.entry("pipelines");
        ConfigNode node = entry == null ? new ConfigNode.Scalar(service.place(), "", true) : entry.value();
        pipelines = new PipelinesReader(problems, receivers, processors, exporters).read(node, defaults);
    }

    private PipelinesReader.Body pipelineDefaults(ConfigNode.Mapping service, Binder binder) {
        List<ConfigNode.Entry> own = service.entries().stream()
                .filter(entry -> SINGLE_SETTINGS.contains(entry.key()))
                .toList();
        ServiceSettings bound =
                binder.bind(new ConfigNode.Mapping(service.place(), own), "service", ServiceSettings.builtIn());
        ServiceSettings defaults = bound == null ? ServiceSettings.builtIn() : bound;
        reloadInterval = defaults.reloadInterval();
        return PipelinesReader.Body.of(defaults.journal(), defaults.ring());
    }

    private void refuseUnknown(ConfigNode.Mapping map, String path, List<String> known) {
        for (ConfigNode.Entry entry : map.entries()) {
            if (!known.contains(entry.key())) {
                problems.error(
                        entry.place(),
                        path.isEmpty() ? entry.key() : path + "::" + entry.key(),
                        "unknown key" + Names.hint(entry.key(), known) + "; allowed: " + String.join(", ", known));
            }
        }
    }
}
