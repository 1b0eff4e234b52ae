package io.stackhouse.processor.attributes;

import io.opentelemetry.proto.trace.v1.Span;
import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.ProfileHeader.ValueType;
import io.stackhouse.pipeline.batch.Scope;
import io.stackhouse.processor.attributes.MatchConfig.AttributeMatch;
import io.stackhouse.processor.attributes.MatchConfig.Library;
import io.stackhouse.processor.attributes.MatchConfig.MatchType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What an {@code include} or {@code exclude} matches. One thread. */
final class Selection {
    private final TextMatch services;
    private final List<AttributeCheck> resources;
    private final List<TextMatch[]> libraries = new ArrayList<>();
    private final List<AttributeCheck> attributes;
    private final TextMatch spanNames;
    private final TextMatch spanKinds;
    private final TextMatch sampleTypes;

    Selection(MatchConfig config) {
        MatchType type = config.matchType();
        this.services = new TextMatch(type, MatchConfig.orNone(config.services()));
        this.resources = checks(type, MatchConfig.orNone(config.resources()));
        this.attributes = checks(type, MatchConfig.orNone(config.attributes()));
        this.spanNames = new TextMatch(type, MatchConfig.orNone(config.spanNames()));
        this.spanKinds = new TextMatch(type, MatchConfig.orNone(config.spanKinds()));
        this.sampleTypes = new TextMatch(type, MatchConfig.orNone(config.sampleTypes()));
        for (Library library : MatchConfig.orNone(config.libraries())) {
            String version = library.version();
            libraries.add(new TextMatch[] {
                new TextMatch(type, List.of(library.name())),
                new TextMatch(type, version == null ? List.of() : List.of(version))
            });
        }
    }

    private static List<AttributeCheck> checks(MatchType type, List<AttributeMatch> matches) {
        return matches.stream().map(match -> new AttributeCheck(type, match)).toList();
    }

    /** Whether resource and scope match. */
    boolean matchesSource(Attributes resource, Scope scope) {
        if (!services.isEmpty()) {
            AttributeValue service = resource.get("service.name");
            if (service == null || !services.matches(service.text())) {
                return false;
            }
        }
        return holdAll(resources, resource::get) && matchesLibrary(scope);
    }

    private boolean matchesLibrary(Scope scope) {
        if (libraries.isEmpty()) {
            return true;
        }
        for (TextMatch[] library : libraries) {
            if (library[0].matches(scope.name()) && library[1].matches(scope.version())) {
                return true;
            }
        }
        return false;
    }

    /** Whether a span matches, its resource and scope aside. */
    boolean matchesSpan(Span span, AttributeTarget spanAttributes) {
        return sampleTypes.isEmpty()
                && spanNames.matches(span.getName())
                && (spanKinds.isEmpty() || matchesKind(span.getKind()))
                && holdAll(attributes, spanAttributes::get);
    }

    private boolean matchesKind(Span.SpanKind kind) {
        String name = kind == Span.SpanKind.UNRECOGNIZED ? "" : kind.name();
        String brief = name.startsWith("SPAN_KIND_") ? name.substring("SPAN_KIND_".length()) : name;
        String title =
                brief.isEmpty() ? "" : brief.charAt(0) + brief.substring(1).toLowerCase(Locale.ROOT);
        return spanKinds.matches(name) || spanKinds.matches(title);
    }

    /** Whether a profile's type matches; nothing about its samples. */
    boolean matchesType(ValueType type) {
        return spanNames.isEmpty()
                && spanKinds.isEmpty()
                && (sampleTypes.isEmpty()
                        || sampleTypes.matches(type.type())
                        || sampleTypes.matches(type.type() + "/" + type.unit()));
    }

    /** What a sample's attributes must fulfil, all of it. */
    List<AttributeCheck> attributes() {
        return attributes;
    }

    private static boolean holdAll(List<AttributeCheck> checks, Function<String, @Nullable AttributeValue> attributes) {
        for (AttributeCheck check : checks) {
            if (!check.holds(attributes.apply(check.key))) {
                return false;
            }
        }
        return true;
    }
}
