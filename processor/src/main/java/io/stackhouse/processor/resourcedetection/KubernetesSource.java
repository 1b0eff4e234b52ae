package io.stackhouse.processor.resourcedetection;

import io.stackhouse.pipeline.batch.Attributes;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a pod's specification tells the collector of its pod through the environment (downward API), under the names in use: those of the
 * Collector's examples ({@code K8S_NODE_NAME}, {@code KUBE_NODE_NAME}), of the OpenTelemetry operator
 * ({@code OTEL_RESOURCE_ATTRIBUTES_NODE_NAME}), and {@code NODE_NAME}. The namespace is also in the file of the service account.
 */
final class KubernetesSource implements AttributeSource {
    private static final String NAMESPACE_FILE = "var/run/secrets/kubernetes.io/serviceaccount/namespace";
    private static final List<String> PREFIXES = List.of("K8S_", "KUBE_", "OTEL_RESOURCE_ATTRIBUTES_", "");
    private static final List<String> KEYS = List.of(
            "cluster.name",
            "namespace.name",
            "node.name",
            "pod.name",
            "pod.uid",
            "pod.ip",
            "container.name",
            "deployment.name",
            "statefulset.name",
            "daemonset.name");

    private final Map<String, String> environment;
    private final Machine machine;

    KubernetesSource(Map<String, String> environment, Machine machine) {
        this.environment = environment;
        this.machine = machine;
    }

    @Override
    public void detect(Attributes into) {
        for (String key : KEYS) {
            HostSource.add(into, "k8s." + key, value(key.replace('.', '_').toUpperCase(Locale.ROOT)));
        }
        HostSource.add(into, "k8s.namespace.name", value("POD_NAMESPACE"));
        HostSource.add(into, "k8s.namespace.name", value("NAMESPACE"));
        HostSource.add(into, "k8s.namespace.name", machine.firstLine(NAMESPACE_FILE));
    }

    private String value(String name) {
        for (String prefix : PREFIXES) {
            String value = environment.getOrDefault(prefix + name, "").strip();
            if (!value.isEmpty()) {
                return value;
            }
        }
        return "";
    }
}
