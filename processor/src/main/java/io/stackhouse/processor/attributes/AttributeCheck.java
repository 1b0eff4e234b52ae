package io.stackhouse.processor.attributes;

import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.processor.attributes.MatchConfig.AttributeMatch;
import io.stackhouse.processor.attributes.MatchConfig.MatchType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether an attribute's value is the wanted one. One thread. */
final class AttributeCheck {
    final String key;
    private final @Nullable AttributeValue value;
    private final @Nullable TextMatch pattern;

    AttributeCheck(MatchType type, AttributeMatch match) {
        this.key = match.key();
        boolean isPattern = type == MatchType.REGEXP && match.value() != null;
        this.value = isPattern ? null : match.value();
        this.pattern = isPattern && match.value() != null
                ? new TextMatch(type, List.of(match.value().text()))
                : null;
    }

    boolean holds(@Nullable AttributeValue found) {
        if (found == null) {
            return false;
        }
        if (pattern != null) {
            boolean isText = found instanceof AttributeValue.StringValue
                    || found instanceof AttributeValue.BoolValue
                    || found instanceof AttributeValue.LongValue
                    || found instanceof AttributeValue.DoubleValue;
            return isText && pattern.matches(found.text());
        }
        return value == null || value.equals(found);
    }
}
