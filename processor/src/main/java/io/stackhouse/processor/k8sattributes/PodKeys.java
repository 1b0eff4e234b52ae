package io.stackhouse.processor.k8sattributes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.processor.k8sattributes.K8sAttributesConfig.Association;
import io.stackhouse.processor.k8sattributes.K8sAttributesConfig.Source;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The keys that pods are found by: for each association the texts of its attributes. Immutable; any thread. */
final class PodKeys {
    static final String CONTAINER_ID = "container.id";
    /** What may lead to a pod. */
    static final List<String> NAMES = List.of(
            CONTAINER_ID,
            "k8s.pod.uid",
            "k8s.pod.ip",
            "k8s.pod.name",
            "k8s.namespace.name",
            "k8s.node.name",
            "host.name");

    /** What is most certain first. */
    private static final List<List<String>> USUAL = List.of(
            List.of(CONTAINER_ID),
            List.of("k8s.pod.uid"),
            List.of("k8s.pod.ip"),
            List.of("k8s.namespace.name", "k8s.pod.name"));

    private final List<List<String>> associations = new ArrayList<>();

    /** @param configured the usual ones when there are none */
    PodKeys(List<Association> configured) {
        if (configured.isEmpty()) {
            associations.addAll(USUAL);
        }
        for (Association association : configured) {
            if (!association.isOfConnection()) {
                associations.add(association.sources().stream()
                        .map(Source::name)
                        .map(String::valueOf)
                        .toList());
            }
        }
    }

    /** How many ways there are to find a pod. */
    int count() {
        return associations.size();
    }

    /** The key of a resource for one of the ways, or null when it lacks an attribute. */
    @Nullable
    String key(int way, Attributes resource) {
        StringBuilder key = new StringBuilder().append((char) way);
        for (String name : associations.get(way)) {
            String value = resource.text(name, "");
            if (value.isEmpty()) {
                return null;
            }
            key.append('\0').append(name.equals(CONTAINER_ID) ? withoutRuntime(value) : value);
        }
        return key.toString();
    }

    /** All keys of a pod, and of each of its containers. */
    List<String> keys(Pod pod, List<String> containerIds) {
        List<String> keys = new ArrayList<>();
        for (int way = 0; way < associations.size(); way++) {
            if (associations.get(way).contains(CONTAINER_ID)) {
                for (String id : containerIds) {
                    addKey(keys, way, pod, id);
                }
            } else {
                addKey(keys, way, pod, "");
            }
        }
        return keys;
    }

    private void addKey(List<String> keys, int way, Pod pod, String containerId) {
        StringBuilder key = new StringBuilder().append((char) way);
        for (String name : associations.get(way)) {
            String value = value(pod, name, containerId);
            if (value.isEmpty()) {
                return;
            }
            key.append('\0').append(value);
        }
        keys.add(key.toString());
    }

    private static String value(Pod pod, String name, String containerId) {
        PodStatus status = pod.getStatus();
        @Nullable
        String value = switch (name) {
            case CONTAINER_ID -> containerId;
            case "k8s.pod.uid" -> pod.getMetadata().getUid();
            case "k8s.pod.name" -> pod.getMetadata().getName();
            case "k8s.namespace.name" -> pod.getMetadata().getNamespace();
            case "k8s.node.name" -> pod.getSpec() == null ? "" : pod.getSpec().getNodeName();
            // A pod in the host's network has the address, and the name, of all others there.
            case "k8s.pod.ip" -> status == null || isInHostNetwork(pod) ? "" : status.getPodIP();
            case "host.name" -> isInHostNetwork(pod) ? "" : PodFacts.hostname(pod);
            default -> "";
        };
        return value == null ? "" : value;
    }

    private static boolean isInHostNetwork(Pod pod) {
        return pod.getSpec() != null && Boolean.TRUE.equals(pod.getSpec().getHostNetwork());
    }

    /** {@code containerd://0123…} as {@code 0123…}. */
    static String withoutRuntime(String containerId) {
        int scheme = containerId.indexOf("://");
        return scheme < 0 ? containerId : containerId.substring(scheme + 3);
    }
}
