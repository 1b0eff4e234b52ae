package io.stackhouse.processor.resourcedetection;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settings of one detector.
 *
 * @param resourceAttributes which of its attributes are wanted
 * @param hostnameSources of {@code system}; accepted and without effect, the name is always the kernel's
 */
public record DetectorConfig(
        @Nullable Map<String, Toggle> resourceAttributes,
        @Nullable List<String> hostnameSources) {

    /** Whether an attribute is wanted. */
    public record Toggle(boolean enabled) {}

    public DetectorConfig {
        resourceAttributes = resourceAttributes == null ? Map.of() : Map.copyOf(resourceAttributes);
    }

    /** What is said about an attribute, or {@code otherwise}. */
    boolean isEnabled(String key, boolean otherwise) {
        Toggle toggle = resourceAttributes == null ? null : resourceAttributes.get(key);
        return toggle == null ? otherwise : toggle.enabled();
    }
}
