package io.stackhouse.collector.config;

import io.stackhouse.collector.yaml.Binder;
import io.stackhouse.collector.yaml.ConfigNode;
import io.stackhouse.collector.yaml.Problems;
import io.stackhouse.pipeline.AuthenticatorFactory;
import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.ExtensionFactory;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads {@code service::extensions} and checks what settings of receivers refer to. One thread. */
final class ExtensionsReader {
    private static final String PATH = "service::extensions";

    private final Problems problems;
    private final ComponentsReader<ExtensionFactory<?>> extensions;
    private final Set<ComponentId> named = new LinkedHashSet<>();

    /** The part of {@code service} that is read here. */
    record Body(List<String> extensions) {}

    ExtensionsReader(Problems problems, ComponentsReader<ExtensionFactory<?>> extensions) {
        this.problems = problems;
        this.extensions = extensions;
    }

    /** The extensions to start, in their order; {@code references} name authenticators among them. */
    Map<ComponentId, Configured<ExtensionFactory<?>>> read(
            ConfigNode.Mapping service, List<Binder.Reference> references) {
        ConfigNode.Entry entry = service.entry("extensions");
        if (entry != null) {
            list(service, entry);
        }
        references.forEach(this::check);
        warnOfUnused(references);
        Map<ComponentId, Configured<ExtensionFactory<?>>> started = new LinkedHashMap<>();
        for (ComponentId id : named) {
            Configured<ExtensionFactory<?>> configured = extensions.configured().get(id);
            if (configured != null) {
                started.put(id, configured);
            }
        }
        return started;
    }

    private void list(ConfigNode.Mapping service, ConfigNode.Entry entry) {
        ConfigNode.Mapping part = new ConfigNode.Mapping(service.place(), List.of(entry));
        Body body = new Binder(problems).bind(part, "service", new Body(List.of()));
        if (body == null || !(entry.value() instanceof ConfigNode.Sequence list)) {
            return;
        }
        for (int i = 0; i < body.extensions().size(); i++) {
            ComponentId id = ComponentId.parse(body.extensions().get(i));
            String mistake = extensions.missing(id);
            if (mistake.isEmpty() && !named.add(id)) {
                mistake = "references extension \"" + id + "\" multiple times; keep one";
            }
            if (!mistake.isEmpty()) {
                problems.error(list.items().get(i).place(), PATH, mistake);
            }
        }
    }

    private void check(Binder.Reference reference) {
        ComponentId id = reference.id().id();
        String mistake = extensions.missing(id);
        if (mistake.isEmpty() && extensions.factory(id) != null && !isAuthenticator(id)) {
            mistake = "extension \"" + id + "\" is no authenticator" + allowed();
        } else if (mistake.isEmpty() && !named.contains(id)) {
            mistake = "authenticator \"" + id + "\" is not started; add it to " + PATH;
        }
        if (!mistake.isEmpty()) {
            problems.error(reference.place(), reference.path(), mistake);
        }
    }

    private boolean isAuthenticator(ComponentId id) {
        return extensions.factory(id) instanceof AuthenticatorFactory;
    }

    private String allowed() {
        List<String> known = extensions.places().keySet().stream()
                .filter(this::isAuthenticator)
                .map(ComponentId::toString)
                .toList();
        return known.isEmpty() ? "; none is configured" : "; allowed: " + String.join(", ", known);
    }

    private void warnOfUnused(List<Binder.Reference> references) {
        extensions.places().forEach((id, place) -> {
            boolean isReferred = references.stream()
                    .anyMatch(reference -> reference.id().id().equals(id));
            if (!named.contains(id)) {
                problems.warn(place, "extensions::" + id, "it is not started; name it under " + PATH + " or remove it");
            } else if (isAuthenticator(id) && !isReferred) {
                problems.warn(
                        place,
                        "extensions::" + id,
                        "no receiver asks it; name it at auth::authenticator of the protocols that it should guard");
            }
        });
    }
}
