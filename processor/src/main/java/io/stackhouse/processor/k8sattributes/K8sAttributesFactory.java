package io.stackhouse.processor.k8sattributes;

import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.ProcessorFactory;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Stability;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.processor.k8sattributes.K8sAttributesConfig.Association;
import io.stackhouse.processor.k8sattributes.K8sAttributesConfig.Exclude;
import io.stackhouse.processor.k8sattributes.K8sAttributesConfig.Extract;
import io.stackhouse.processor.k8sattributes.K8sAttributesConfig.PodFilter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes {@code k8s_attributes} processors. Those of one id and equal settings share one watch, over lanes and pipelines, and over a reload.
 * Any thread.
 */
public final class K8sAttributesFactory implements ProcessorFactory<K8sAttributesConfig> {
    private static final Logger LOG = LoggerFactory.getLogger(K8sAttributesFactory.class);

    private final Map<ComponentId, PodWatch> watches = new ConcurrentHashMap<>();

    @Override
    public String type() {
        return "k8s_attributes";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("k8sattributes");
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
    public K8sAttributesConfig defaultConfig() {
        List<String> metadata = List.of(
                "k8s.namespace.name",
                "k8s.pod.name",
                "k8s.pod.uid",
                "k8s.pod.start_time",
                "k8s.deployment.name",
                "k8s.node.name",
                "k8s.container.name");
        return new K8sAttributesConfig(
                K8sAttributesConfig.SERVICE_ACCOUNT,
                "",
                "",
                false,
                new PodFilter("", "", "", List.of(), List.of()),
                new Extract(metadata, List.of(), List.of(), false, false),
                List.of(),
                new Exclude(List.of()),
                false,
                Duration.ofSeconds(10),
                20_000,
                Duration.ofMinutes(2));
    }

    @Override
    public Processor create(K8sAttributesConfig config, Consumer next, Telemetry telemetry) {
        PodKeys keys = new PodKeys(config.podAssociation());
        if (config.podAssociation().stream().anyMatch(Association::isOfConnection)) {
            LOG.warn(
                    "{}: pod_association from connection finds nothing: telemetry of other hosts comes by an agent's connection, and"
                            + " behind the journal there is none. Write container.id or k8s.pod.uid",
                    telemetry.component());
        }
        if (config.passthrough()) {
            return new K8sAttributes(null, keys, next, telemetry);
        }
        PodWatch watch = watches.compute(
                telemetry.component(),
                (id, known) -> known != null && known.isFor(config) ? known : watch(config, keys, telemetry));
        return new K8sAttributes(watch, keys, next, telemetry);
    }

    private static PodWatch watch(K8sAttributesConfig config, PodKeys keys, Telemetry telemetry) {
        PodFacts facts = new PodFacts(config.extract(), keys);
        return new PodWatch(config, System.getenv(), new PodStore(facts, config, telemetry.clock()), telemetry);
    }
}
