package io.stackhouse.processor.resourcedetection;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code resource_detection}.
 *
 * @param detectors where attributes come from; the first that knows an attribute wins
 * @param override whether what is detected replaces what a resource says already
 * @param timeout for detectors that ask the network; those here don't
 * @param system which attributes of this detector are wanted; so the others
 */
public record ResourceDetectionConfig(
        List<Detector> detectors,
        boolean override,
        Duration timeout,
        @Nullable DetectorConfig system,
        @Nullable DetectorConfig host,
        @Nullable DetectorConfig os,
        @Nullable DetectorConfig process,
        @Nullable DetectorConfig container,
        @Nullable DetectorConfig k8s) {
    public ResourceDetectionConfig {
        if (detectors.isEmpty()) {
            throw new IllegalArgumentException("detectors must name at least one; write [env, system, os]");
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout must be more than 0; write 5s");
        }
        check(Detector.SYSTEM, system);
        check(Detector.HOST, host);
        check(Detector.OS, os);
        check(Detector.PROCESS, process);
        check(Detector.CONTAINER, container);
        check(Detector.K8S, k8s);
    }

    private static void check(Detector detector, @Nullable DetectorConfig config) {
        Map<String, DetectorConfig.Toggle> toggles = config == null ? null : config.resourceAttributes();
        if (toggles == null) {
            return;
        }
        for (String key : toggles.keySet()) {
            if (!detector.attributes().contains(key)) {
                throw new IllegalArgumentException(detector.name().toLowerCase(Locale.ROOT)
                        + ": resource_attributes can't have " + key + "; allowed: "
                        + String.join(", ", detector.attributes()));
            }
        }
    }

    /** Whether an attribute that a detector knows is wanted. */
    boolean isWanted(Detector detector, String key) {
        DetectorConfig config = switch (detector) {
            case ENV -> null;
            case SYSTEM -> system;
            case HOST -> host;
            case OS -> os;
            case PROCESS -> process;
            case CONTAINER -> container;
            case K8S -> k8s;
        };
        boolean isDefault = !Detector.OFF_BY_DEFAULT.contains(key);
        return config == null ? isDefault : config.isEnabled(key, isDefault);
    }

    /** The detectors. */
    public enum Detector {
        /** OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME of the collector's environment. */
        ENV,
        /** The host: name, id, architecture, and the kind of operating system. */
        SYSTEM("host.name", "host.id", "host.arch", "os.type"),
        /** Another name of {@link #SYSTEM}. */
        HOST("host.name", "host.id", "host.arch", "os.type"),
        /** The operating system: kind, name, version and description. */
        OS("os.type", "os.name", "os.version", "os.description"),
        /** The collector's process. */
        PROCESS(
                "process.pid",
                "process.parent_pid",
                "process.creation.time",
                "process.executable.name",
                "process.executable.path",
                "process.owner",
                "process.command_line",
                "process.runtime.name",
                "process.runtime.version",
                "process.runtime.description"),
        /** The container that the collector runs in. */
        CONTAINER("container.id"),
        /** What the pod's specification tells through the environment (downward API). */
        K8S(
                "k8s.cluster.name",
                "k8s.namespace.name",
                "k8s.node.name",
                "k8s.pod.name",
                "k8s.pod.uid",
                "k8s.pod.ip",
                "k8s.container.name",
                "k8s.deployment.name",
                "k8s.statefulset.name",
                "k8s.daemonset.name");

        /** It may hold secrets. */
        private static final Set<String> OFF_BY_DEFAULT = Set.of("process.command_line");

        /** Separated by blanks. */
        private final String attributes;

        Detector(String... attributes) {
            this.attributes = String.join(" ", attributes);
        }

        /** Those that can be switched on and off. */
        List<String> attributes() {
            return List.of(attributes.split(" "));
        }
    }
}
