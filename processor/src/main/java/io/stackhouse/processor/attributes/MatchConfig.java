package io.stackhouse.processor.attributes;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.stackhouse.pipeline.batch.AttributeValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code include} and {@code exclude} go by. All that is given must hold; of a list of names, one must.
 *
 * @param matchType how texts are compared
 * @param services of the resource's {@code service.name}
 * @param resources attributes of the resource, all of which must match
 * @param libraries instrumentation scopes
 * @param attributes attributes of the span or sample, all of which must match
 * @param spanNames traces only
 * @param spanKinds traces only; {@code Server} or {@code SPAN_KIND_SERVER}
 * @param sampleTypes profiles only; {@code type} or {@code type/unit}
 * @param regexp accepted and without effect: results are always remembered
 */
record MatchConfig(
        MatchType matchType,
        @Nullable List<String> services,
        @Nullable List<AttributeMatch> resources,
        @Nullable List<Library> libraries,
        @Nullable List<AttributeMatch> attributes,
        @Nullable List<String> spanNames,
        @Nullable List<String> spanKinds,
        @Nullable List<String> sampleTypes,
        @Nullable RegexpCache regexp) {

    /** How texts are compared. */
    enum MatchType {
        /** Equal. */
        STRICT,
        /** A regular expression (RE2) found anywhere in the text. */
        REGEXP
    }

    /**
     * An attribute.
     *
     * @param value any value when absent
     */
    record AttributeMatch(String key, @Nullable AttributeValue value) {
        AttributeMatch {
            if (key.isEmpty()) {
                throw new IllegalArgumentException("key must not be empty");
            }
        }
    }

    /**
     * An instrumentation scope.
     *
     * @param version any version when absent
     */
    record Library(String name, @Nullable String version) {}

    /** The Collector's cache of results. */
    record RegexpCache(
            @Nullable Boolean cacheenabled, @Nullable Integer cachemaxnumentries) {}

    MatchConfig {
        List<String> texts = new ArrayList<>();
        addAll(texts, services);
        addAll(texts, spanNames);
        addAll(texts, spanKinds);
        addAll(texts, sampleTypes);
        for (Library library : orNone(libraries)) {
            texts.add(library.name());
            texts.add(library.version() == null ? "" : library.version());
        }
        if (texts.isEmpty() && orNone(resources).isEmpty() && orNone(attributes).isEmpty()) {
            throw new IllegalArgumentException("match_type needs something to match; give at least one of services,"
                    + " resources, libraries, attributes, span_names, span_kinds, sample_types");
        }
        if (matchType == MatchType.REGEXP) {
            texts.forEach(MatchConfig::requirePattern);
            orNone(resources).forEach(match -> requirePattern("resources", match));
            orNone(attributes).forEach(match -> requirePattern("attributes", match));
        }
    }

    private static void addAll(List<String> texts, @Nullable List<String> more) {
        texts.addAll(orNone(more));
    }

    private static void requirePattern(String where, AttributeMatch match) {
        AttributeValue value = match.value();
        if (value == null) {
            return;
        }
        if (!(value instanceof AttributeValue.StringValue text)) {
            throw new IllegalArgumentException(where + " of match_type regexp need text as a value, and that of "
                    + match.key() + " is none; write it in quotes");
        }
        requirePattern(text.value());
    }

    private static void requirePattern(String text) {
        try {
            Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no regular expression (RE2): " + e.getDescription(), e);
        }
    }

    static <T> List<T> orNone(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }
}
