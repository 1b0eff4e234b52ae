package io.stackhouse.processor.attributes;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.stackhouse.pipeline.batch.AttributeValue;
import org.jspecify.annotations.Nullable;

/**
 * One action, as the OpenTelemetry Collector writes it.
 *
 * @param key the attribute; may be absent for {@code delete} and {@code hash} with a pattern
 * @param action what is done
 * @param value for {@code insert}, {@code update}, {@code upsert}: the value
 * @param fromAttribute for the same: the attribute whose value is taken
 * @param fromContext not supported
 * @param defaultValue for the same: the value when {@code fromAttribute} isn't there
 * @param pattern for {@code delete} and {@code hash}: of keys, found anywhere in them; for {@code extract}: of the value, its named
 *     groups are the new keys
 * @param convertedType for {@code convert}
 */
record ActionConfig(
        @Nullable String key,
        Kind action,
        @Nullable AttributeValue value,
        @Nullable String fromAttribute,
        @Nullable String fromContext,
        @Nullable AttributeValue defaultValue,
        @Nullable String pattern,
        @Nullable ConvertedType convertedType) {

    /** What an action does. */
    enum Kind {
        INSERT,
        UPDATE,
        UPSERT,
        DELETE,
        HASH,
        EXTRACT,
        CONVERT;

        boolean setsValue() {
            return this == INSERT || this == UPDATE || this == UPSERT;
        }

        boolean acceptsPattern() {
            return this == DELETE || this == HASH || this == EXTRACT;
        }

        String configName() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** What a value is converted to. */
    enum ConvertedType {
        INT,
        DOUBLE,
        STRING
    }

    ActionConfig {
        boolean hasKey = key != null && !key.isEmpty();
        if (!hasKey && (pattern == null || action == Kind.EXTRACT)) {
            boolean mayHavePattern = action == Kind.DELETE || action == Kind.HASH;
            throw new IllegalArgumentException("key must be given for " + action.configName()
                    + (mayHavePattern ? "; write the attribute's key, or a pattern of keys" : ""));
        }
        if (fromContext != null) {
            throw new IllegalArgumentException("from_context is not supported: stages run behind the journal, where the"
                    + " request's headers are gone; allowed: value, from_attribute, default_value");
        }
        checkValueSources(action, value, fromAttribute, defaultValue);
        if (pattern != null && !action.acceptsPattern()) {
            throw new IllegalArgumentException(
                    "pattern isn't used by " + action.configName() + "; it is for delete, hash and extract");
        }
        if (convertedType != null && action != Kind.CONVERT) {
            throw new IllegalArgumentException("converted_type is for convert, not for " + action.configName());
        }
        if (convertedType == null && action == Kind.CONVERT) {
            throw new IllegalArgumentException(
                    "converted_type must be given for convert; allowed: int, double, string");
        }
        if (action == Kind.EXTRACT) {
            if (pattern == null) {
                throw new IllegalArgumentException(
                        "pattern must be given for extract; write one with named groups, such as ^/(?P<area>[^/]+)");
            }
            checkGroups(compiled(pattern));
        } else if (pattern != null) {
            compiled(pattern);
        }
    }

    private static void checkValueSources(
            Kind action,
            @Nullable AttributeValue value,
            @Nullable String fromAttribute,
            @Nullable AttributeValue defaultValue) {
        if (!action.setsValue()) {
            String given = value != null
                    ? "value"
                    : fromAttribute != null ? "from_attribute" : defaultValue != null ? "default_value" : "";
            if (!given.isEmpty()) {
                throw new IllegalArgumentException(
                        given + " isn't used by " + action.configName() + "; it is for insert, update and upsert");
            }
            return;
        }
        if (value != null && fromAttribute != null) {
            throw new IllegalArgumentException("value and from_attribute can't both be given; keep one");
        }
        if (value == null && fromAttribute == null && defaultValue == null) {
            throw new IllegalArgumentException(
                    "action " + action.configName() + " needs one of value, from_attribute, default_value");
        }
    }

    private static void checkGroups(Pattern pattern) {
        if (pattern.groupCount() == 0 || pattern.namedGroups().size() < pattern.groupCount()) {
            throw new IllegalArgumentException("pattern " + pattern.pattern()
                    + " must have groups, all of them named: (?P<name>…); write (?:…) for one that isn't kept");
        }
    }

    private static Pattern compiled(String pattern) {
        try {
            return Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "pattern '" + pattern + "' is no regular expression (RE2): " + e.getDescription(), e);
        }
    }

    /** The compiled pattern, or null when there is none. */
    @Nullable
    Pattern compiledPattern() {
        return pattern == null ? null : compiled(pattern);
    }
}
