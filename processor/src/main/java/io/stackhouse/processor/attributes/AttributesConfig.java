package io.stackhouse.processor.attributes;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code attributes}.
 *
 * @param actions what is done, in this order
 * @param include when given, only what matches is acted on
 * @param exclude what matches is left alone; looked at after {@code include}
 */
public record AttributesConfig(
        List<ActionConfig> actions,
        @Nullable MatchConfig include,
        @Nullable MatchConfig exclude) {
    public AttributesConfig {
        actions = List.copyOf(actions);
    }
}
