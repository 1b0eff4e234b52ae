package io.stackhouse.processor.attributes;

import java.util.List;

/**
 * Settings of {@code resource}.
 *
 * @param attributes what is done with the attributes of each resource, in this order
 */
public record ResourceConfig(List<ActionConfig> attributes) {
    public ResourceConfig {
        attributes = List.copyOf(attributes);
    }
}
