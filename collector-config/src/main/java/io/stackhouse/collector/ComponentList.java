package io.stackhouse.collector;

import io.stackhouse.collector.config.Factories;
import io.stackhouse.pipeline.ComponentFactory;
import io.stackhouse.pipeline.ExtensionFactory;
import io.stackhouse.pipeline.Signal;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** Prints which components there are, as the OpenTelemetry Collector does. */
final class ComponentList {
    private final Factories factories;

    ComponentList(Factories factories) {
        this.factories = factories;
    }

    void print(PrintWriter out) {
        out.println("buildinfo:");
        out.println("    command: collector");
        out.println("    description: Stackhouse collector");
        out.println("    version: " + Version.text());
        section(out, "receivers", factories.receivers());
        section(out, "processors", factories.processors());
        section(out, "exporters", factories.exporters());
        section(out, "extensions", factories.extensions());
    }

    private static void section(PrintWriter out, String name, Map<String, ? extends ComponentFactory<?>> byType) {
        out.println(name + ":" + (byType.isEmpty() ? " []" : ""));
        byType.forEach((type, factory) -> {
            if (!type.equals(factory.type())) {
                return;
            }
            out.println("    - name: " + type);
            if (!factory.aliases().isEmpty()) {
                out.println("      aliases: " + new TreeSet<>(factory.aliases()));
            }
            out.println("      stability:");
            String word = factory.stability().name();
            String stability = word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT);
            if (factory instanceof ExtensionFactory) {
                out.println("        extension: " + stability);
            }
            for (Signal signal : new TreeSet<>(factory.signals())) {
                out.println("        " + signal.configName() + ": " + stability);
            }
        });
    }
}
