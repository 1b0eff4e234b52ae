package io.stackhouse.processor.servicename;

import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.ProcessorFactory;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Stability;
import io.stackhouse.pipeline.Telemetry;
import java.util.List;
import java.util.Set;

/** Makes {@code service_name} processors. Any thread. */
public final class ServiceNameFactory implements ProcessorFactory<ServiceNameConfig> {
    /** The order of the semantic conventions (non-normative, Kubernetes attributes). */
    private static final List<String> SOURCES = List.of(
            "k8s.pod.annotation.resource.opentelemetry.io/service.name",
            "k8s.pod.label.app.kubernetes.io/instance",
            "k8s.pod.label.app.kubernetes.io/name",
            "k8s.deployment.name",
            "k8s.replicaset.name",
            "k8s.statefulset.name",
            "k8s.daemonset.name",
            "k8s.cronjob.name",
            "k8s.job.name",
            "k8s.pod.name",
            "k8s.container.name");

    @Override
    public String type() {
        return "service_name";
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
    public ServiceNameConfig defaultConfig() {
        return new ServiceNameConfig(SOURCES, true, true, true, true);
    }

    @Override
    public Processor create(ServiceNameConfig config, Consumer next, Telemetry telemetry) {
        return new ServiceName(config, next, telemetry);
    }
}
