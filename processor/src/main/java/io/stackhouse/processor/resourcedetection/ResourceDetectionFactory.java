package io.stackhouse.processor.resourcedetection;

import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.ProcessorFactory;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Stability;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.processor.resourcedetection.ResourceDetectionConfig.Detector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes {@code resource_detection} processors. Any thread. */
public final class ResourceDetectionFactory implements ProcessorFactory<ResourceDetectionConfig> {
    @Override
    public String type() {
        return "resource_detection";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("resourcedetection");
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
    public ResourceDetectionConfig defaultConfig() {
        return new ResourceDetectionConfig(
                List.of(Detector.ENV, Detector.SYSTEM, Detector.OS),
                false,
                Duration.ofSeconds(5),
                null,
                null,
                null,
                null,
                null,
                null);
    }

    @Override
    public Processor create(ResourceDetectionConfig config, Consumer next, Telemetry telemetry) {
        Machine machine = Machine.own();
        Map<String, String> environment = System.getenv();
        List<AttributeSource> sources = new ArrayList<>();
        for (Detector detector : config.detectors()) {
            sources.add(new WantedAttributes(
                    source(detector, machine, environment), key -> config.isWanted(detector, key)));
        }
        return new ResourceDetection(sources, config.override(), next, telemetry);
    }

    private static AttributeSource source(Detector detector, Machine machine, Map<String, String> environment) {
        return switch (detector) {
            case ENV -> new EnvironmentSource(environment);
            case SYSTEM, HOST -> new HostSource(machine, environment);
            case OS -> new OsSource(machine);
            case PROCESS -> new ProcessSource();
            case CONTAINER -> new ContainerSource(machine);
            case K8S -> new KubernetesSource(environment, machine);
        };
    }
}
