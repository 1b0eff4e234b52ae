package io.stackhouse.processor.resourcedetection;

import java.time.Duration;
import java.util.List;

/**
 * Settings of {@code resource_detection}.
 *
 * @param detectors where attributes come from; the first that knows an attribute wins
 * @param override whether what is detected replaces what a resource says already
 * @param timeout for detectors that ask the network; those here don't
 */
public record ResourceDetectionConfig(List<Detector> detectors, boolean override, Duration timeout) {
    public ResourceDetectionConfig {
        if (detectors.isEmpty()) {
            throw new IllegalArgumentException("detectors must name at least one; write [env, system, os]");
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout must be more than 0; write 5s");
        }
    }

    /** The detectors. */
    public enum Detector {
        /** OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME of the collector's environment. */
        ENV,
        /** The host: name, id, architecture, and the kind of operating system. */
        SYSTEM,
        /** Another name of {@link #SYSTEM}. */
        HOST,
        /** The operating system: kind, name, version and description. */
        OS
    }
}
