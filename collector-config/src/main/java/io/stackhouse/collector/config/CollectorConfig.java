package io.stackhouse.collector.config;

import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.ExporterFactory;
import io.stackhouse.pipeline.ExtensionFactory;
import io.stackhouse.pipeline.ProcessorFactory;
import io.stackhouse.pipeline.ReceiverFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A valid configuration: all that is named is there. Immutable.
 *
 * @param extensions those that {@code service::extensions} names, in its order
 * @param reloadInterval how often the files are looked at, so that changes take effect; 0 for never
 * @param warnings what works but is probably not meant, each with its place
 */
public record CollectorConfig(
        Map<ComponentId, Configured<ReceiverFactory<?>>> receivers,
        Map<ComponentId, Configured<ProcessorFactory<?>>> processors,
        Map<ComponentId, Configured<ExporterFactory<?>>> exporters,
        Map<ComponentId, Configured<ExtensionFactory<?>>> extensions,
        List<PipelineConfig> pipelines,
        TelemetryConfig telemetry,
        Duration reloadInterval,
        List<String> warnings) {}
