package io.stackhouse.processor.k8sattributes;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code k8s_attributes}.
 *
 * @param authType {@code serviceAccount}, {@code kubeConfig} or {@code none}
 * @param context of the kubeconfig file; empty for its current one
 * @param endpoint URL of the API server; empty for the one that the environment or the kubeconfig file names
 * @param passthrough whether Kubernetes isn't asked at all
 * @param filter which pods are watched
 * @param extract what is added
 * @param podAssociation how a resource's pod is found; the first that finds one counts; the usual ones when empty
 * @param exclude pods that nothing is added of
 * @param waitForMetadata whether the start waits until all pods are known
 * @param waitForMetadataTimeout and for how long, before the start fails
 * @param maxPods so many pods are kept at most
 * @param keepDeleted how long a pod that is gone is still known
 */
public record K8sAttributesConfig(
        String authType,
        String context,
        String endpoint,
        boolean passthrough,
        PodFilter filter,
        Extract extract,
        List<Association> podAssociation,
        Exclude exclude,
        boolean waitForMetadata,
        Duration waitForMetadataTimeout,
        int maxPods,
        Duration keepDeleted) {
    static final String SERVICE_ACCOUNT = "serviceAccount";
    static final String KUBE_CONFIG = "kubeConfig";
    private static final Set<String> AUTH_TYPES = Set.of(SERVICE_ACCOUNT, KUBE_CONFIG, "none");
    private static final int MOST_PODS = 1_000_000;

    public K8sAttributesConfig {
        if (!AUTH_TYPES.contains(authType)) {
            throw new IllegalArgumentException(
                    "auth_type must be serviceAccount, kubeConfig or none, not '" + authType + "'");
        }
        if (!endpoint.isEmpty() && !endpoint.startsWith("https://") && !endpoint.startsWith("http://")) {
            throw new IllegalArgumentException("endpoint '" + endpoint + "' is no URL; write https://host:6443");
        }
        if (waitForMetadataTimeout.isNegative() || waitForMetadataTimeout.isZero()) {
            throw new IllegalArgumentException("wait_for_metadata_timeout must be more than 0; write 10s");
        }
        if (maxPods < 1 || maxPods > MOST_PODS) {
            throw new IllegalArgumentException("max_pods must be from 1 to " + MOST_PODS + ", not " + maxPods);
        }
        if (keepDeleted.isNegative() || keepDeleted.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("keep_deleted must be from 0s to 1h; write 2m");
        }
        podAssociation = List.copyOf(podAssociation);
    }

    /**
     * Which pods are watched.
     *
     * @param node only those of this node
     * @param nodeFromEnvVar only those of the node that this variable names
     * @param namespace only those of this namespace; all for none
     */
    public record PodFilter(
            String node, String nodeFromEnvVar, String namespace, List<FieldFilter> fields, List<LabelFilter> labels) {
        public PodFilter {
            if (!node.isEmpty() && !nodeFromEnvVar.isEmpty()) {
                throw new IllegalArgumentException("node_from_env_var can't stand beside node; leave one of them out");
            }
        }
    }

    /**
     * A field of pods that is compared.
     *
     * @param op {@code equals} (the default) or {@code not-equals}
     */
    public record FieldFilter(
            String key, String value, @Nullable String op) {
        public FieldFilter {
            requireOp(op, Set.of("equals", "not-equals"), "equals or not-equals");
        }
    }

    /**
     * A label of pods that is compared.
     *
     * @param op {@code equals} (the default), {@code not-equals}, {@code exists} or {@code does-not-exist}
     */
    public record LabelFilter(
            String key, @Nullable String value, @Nullable String op) {
        public LabelFilter {
            requireOp(
                    op,
                    Set.of("equals", "not-equals", "exists", "does-not-exist"),
                    "equals, not-equals, exists or does-not-exist");
        }
    }

    private static void requireOp(@Nullable String op, Set<String> known, String allowed) {
        if (op != null && !known.contains(op)) {
            throw new IllegalArgumentException("op must be " + allowed + ", not '" + op + "'");
        }
    }

    /**
     * What is added.
     *
     * @param metadata names of attributes
     * @param labels of pods
     * @param annotations of pods
     * @param otelAnnotations whether {@code resource.opentelemetry.io/key} is added as {@code key}
     * @param deploymentNameFromReplicaset accepted and without effect: it is always so
     */
    public record Extract(
            List<String> metadata,
            List<FieldExtract> labels,
            List<FieldExtract> annotations,
            boolean otelAnnotations,
            boolean deploymentNameFromReplicaset) {
        public Extract {
            for (String name : metadata) {
                if (!PodFacts.NAMES.contains(name)) {
                    throw new IllegalArgumentException(
                            "metadata has no '" + name + "'; allowed: " + String.join(", ", PodFacts.NAMES));
                }
            }
        }
    }

    /**
     * A label or annotation, or several.
     *
     * @param tagName the attribute; {@code $1} and so on are groups of {@code keyRegex}. Without it {@code k8s.pod.label.KEY}
     * @param key of the label
     * @param keyRegex of labels, matched as a whole
     * @param from {@code pod}
     */
    public record FieldExtract(
            @Nullable String tagName,
            @Nullable String key,
            @Nullable String keyRegex,
            @Nullable String from) {
        public FieldExtract {
            if ((key == null) == (keyRegex == null)) {
                throw new IllegalArgumentException("key or key_regex must be given, and not both");
            }
            if (keyRegex != null) {
                requirePattern("key_regex", keyRegex);
            }
            if (from != null && !from.equals("pod")) {
                throw new IllegalArgumentException("from must be pod, not '" + from
                        + "': labels and annotations of namespaces and nodes are not read; leave it out");
            }
        }
    }

    private static void requirePattern(String key, String pattern) {
        try {
            Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    key + " '" + pattern + "' is no regular expression (RE2): " + e.getDescription(), e);
        }
    }

    /** One way to find a pod: all sources must be there and lead to it. */
    public record Association(List<Source> sources) {
        private static final int MOST = 4;

        public Association {
            if (sources.isEmpty() || sources.size() > MOST) {
                throw new IllegalArgumentException(
                        "sources must have from 1 to 4 entries; write [{from: resource_attribute, name: container.id}]");
            }
        }

        /** Whether it needs the connection's address, which is gone behind the journal. */
        boolean isOfConnection() {
            return sources.stream().anyMatch(source -> source.from().equals("connection"));
        }
    }

    /**
     * What leads to a pod.
     *
     * @param from {@code resource_attribute} or {@code connection}
     * @param name of the attribute
     */
    public record Source(String from, @Nullable String name) {
        public Source {
            if (!from.equals("resource_attribute") && !from.equals("connection")) {
                throw new IllegalArgumentException("from must be resource_attribute or connection, not '" + from + "'");
            }
            if (from.equals("resource_attribute") && (name == null || !PodKeys.NAMES.contains(name))) {
                throw new IllegalArgumentException(
                        "name must be one of " + String.join(", ", PodKeys.NAMES) + ", not '" + name + "'");
            }
        }
    }

    /** Pods that nothing is added of. */
    public record Exclude(List<NamePattern> pods) {}

    /**
     * Names of pods.
     *
     * @param name a regular expression (RE2) that is found anywhere in it
     */
    public record NamePattern(String name) {
        public NamePattern {
            requirePattern("name", name);
        }
    }
}
