package io.stackhouse.processor.k8sattributes;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.stackhouse.processor.k8sattributes.K8sAttributesConfig.Extract;
import io.stackhouse.processor.k8sattributes.K8sAttributesConfig.FieldExtract;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads of a pod what is to be added to its resources. Immutable; any thread. */
final class PodFacts {
    static final List<String> NAMES = List.of(
            "k8s.namespace.name",
            "k8s.pod.name",
            "k8s.pod.uid",
            "k8s.pod.ip",
            "k8s.pod.hostname",
            "k8s.pod.start_time",
            "k8s.node.name",
            "k8s.deployment.name",
            "k8s.replicaset.name",
            "k8s.replicaset.uid",
            "k8s.statefulset.name",
            "k8s.statefulset.uid",
            "k8s.daemonset.name",
            "k8s.daemonset.uid",
            "k8s.job.name",
            "k8s.job.uid",
            "k8s.cronjob.name",
            "k8s.container.name",
            "container.id",
            "container.image.name",
            "container.image.tag");

    private static final String OTEL_ANNOTATION = "resource.opentelemetry.io/";
    private static final Pattern CRON_JOB = Pattern.compile("(.+)-[0-9]{8,}");
    private static final Set<String> OWNERS = Set.of("ReplicaSet", "StatefulSet", "DaemonSet", "Job");

    private final Set<String> wanted;
    private final List<Rule> labels;
    private final List<Rule> annotations;
    private final boolean hasOtelAnnotations;
    private final PodKeys keys;

    private record Rule(String key, @Nullable Pattern pattern, String name) {
        static Rule of(FieldExtract configured, String prefix) {
            String tag = configured.tagName();
            if (configured.key() != null) {
                return new Rule(configured.key(), null, tag == null ? prefix + configured.key() : tag);
            }
            Pattern pattern = Pattern.compile(String.valueOf(configured.keyRegex()));
            return new Rule("", pattern, tag == null ? prefix + "$0" : tag);
        }

        void add(Map<String, String> texts, Map<String, String> into) {
            if (pattern == null) {
                String value = texts.get(key);
                if (value != null) {
                    into.put(name, value);
                }
                return;
            }
            texts.forEach((text, value) -> {
                Matcher matcher = pattern.matcher(text);
                if (matcher.matches()) {
                    into.put(filled(matcher), value);
                }
            });
        }

        private String filled(Matcher matcher) {
            String filled = name;
            for (int group = matcher.groupCount(); group >= 0; group--) {
                String text = matcher.group(group);
                filled = filled.replace("$" + group, text == null ? "" : text);
            }
            return filled;
        }
    }

    PodFacts(Extract extract, PodKeys keys) {
        this.wanted = Set.copyOf(extract.metadata());
        this.labels = extract.labels().stream()
                .map(label -> Rule.of(label, "k8s.pod.label."))
                .toList();
        this.annotations = extract.annotations().stream()
                .map(annotation -> Rule.of(annotation, "k8s.pod.annotation."))
                .toList();
        this.hasOtelAnnotations = extract.otelAnnotations();
        this.keys = keys;
    }

    KnownPod of(Pod pod) {
        Map<String, String> attributes = new LinkedHashMap<>();
        addOfPod(pod, attributes);
        for (OwnerReference owner : nonNull(pod.getMetadata().getOwnerReferences())) {
            addOfOwner(pod, owner, attributes);
        }
        Map<String, String> labelTexts = nonNull(pod.getMetadata().getLabels());
        Map<String, String> annotationTexts = nonNull(pod.getMetadata().getAnnotations());
        labels.forEach(rule -> rule.add(labelTexts, attributes));
        annotations.forEach(rule -> rule.add(annotationTexts, attributes));
        if (hasOtelAnnotations) {
            annotationTexts.forEach((key, value) -> {
                if (key.startsWith(OTEL_ANNOTATION)) {
                    attributes.put(key.substring(OTEL_ANNOTATION.length()), value);
                }
            });
        }
        Map<String, Map<String, String>> ofContainers = new HashMap<>();
        List<String> containerIds = addContainers(pod, ofContainers);
        return new KnownPod(keys.keys(pod, containerIds), Map.copyOf(attributes), Map.copyOf(ofContainers));
    }

    private void addOfPod(Pod pod, Map<String, String> into) {
        ObjectMeta metadata = pod.getMetadata();
        add(into, "k8s.namespace.name", metadata.getNamespace());
        add(into, "k8s.pod.name", metadata.getName());
        add(into, "k8s.pod.uid", metadata.getUid());
        add(into, "k8s.pod.hostname", hostname(pod));
        if (pod.getStatus() != null) {
            add(into, "k8s.pod.ip", pod.getStatus().getPodIP());
            add(into, "k8s.pod.start_time", pod.getStatus().getStartTime());
        }
        if (pod.getSpec() != null) {
            add(into, "k8s.node.name", pod.getSpec().getNodeName());
        }
    }

    static String hostname(Pod pod) {
        String own = pod.getSpec() == null ? null : pod.getSpec().getHostname();
        return own == null || own.isEmpty() ? pod.getMetadata().getName() : own;
    }

    private void addOfOwner(Pod pod, OwnerReference owner, Map<String, String> into) {
        String kind = String.valueOf(owner.getKind());
        String name = owner.getName();
        if (!OWNERS.contains(kind) || name == null) {
            return;
        }
        String prefix = "k8s." + kind.toLowerCase(Locale.ROOT);
        add(into, prefix + ".name", name);
        add(into, prefix + ".uid", owner.getUid());
        if (kind.equals("ReplicaSet")) {
            // A Deployment names its ReplicaSets by itself and the hash that it labels the pods with.
            String hash = nonNull(pod.getMetadata().getLabels()).get("pod-template-hash");
            if (hash != null && name.endsWith("-" + hash)) {
                add(into, "k8s.deployment.name", name.substring(0, name.length() - hash.length() - 1));
            }
        } else if (kind.equals("Job")) {
            Matcher matcher = CRON_JOB.matcher(name);
            if (matcher.matches()) {
                add(into, "k8s.cronjob.name", matcher.group(1));
            }
        }
    }

    /** The ids of the containers that run or ran. */
    private List<String> addContainers(Pod pod, Map<String, Map<String, String>> into) {
        List<String> ids = new ArrayList<>();
        if (pod.getSpec() != null) {
            for (Container container : nonNull(pod.getSpec().getContainers())) {
                into.put(container.getName(), ofContainer(container.getName(), "", container.getImage()));
            }
        }
        if (pod.getStatus() == null) {
            return ids;
        }
        List<ContainerStatus> statuses = new ArrayList<>(nonNull(pod.getStatus().getInitContainerStatuses()));
        statuses.addAll(nonNull(pod.getStatus().getContainerStatuses()));
        Set<String> names = new HashSet<>();
        for (ContainerStatus status : statuses) {
            String id = status.getContainerID();
            if (id != null && !id.isEmpty() && names.add(status.getName())) {
                String bare = PodKeys.withoutRuntime(id);
                Map<String, String> attributes = ofContainer(status.getName(), bare, status.getImage());
                into.put(status.getName(), attributes);
                into.put(bare, attributes);
                ids.add(bare);
            }
        }
        return ids;
    }

    private Map<String, String> ofContainer(String name, String id, @Nullable String image) {
        Map<String, String> attributes = new LinkedHashMap<>();
        add(attributes, "k8s.container.name", name);
        add(attributes, "container.id", id);
        if (image != null) {
            String plain = image.indexOf('@') < 0 ? image : image.substring(0, image.indexOf('@'));
            int tag = plain.lastIndexOf(':');
            boolean hasTag = tag > plain.lastIndexOf('/');
            add(attributes, "container.image.name", hasTag ? plain.substring(0, tag) : plain);
            add(attributes, "container.image.tag", hasTag ? plain.substring(tag + 1) : "");
        }
        return Map.copyOf(attributes);
    }

    private void add(Map<String, String> into, String name, @Nullable String value) {
        if (value != null && !value.isEmpty() && wanted.contains(name)) {
            into.put(name, value);
        }
    }

    private static <T> List<T> nonNull(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }

    private static Map<String, String> nonNull(@Nullable Map<String, String> map) {
        return map == null ? Map.of() : map;
    }
}
