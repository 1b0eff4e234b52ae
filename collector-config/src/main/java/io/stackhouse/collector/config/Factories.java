package io.stackhouse.collector.config;

import io.stackhouse.pipeline.ComponentFactory;
import io.stackhouse.pipeline.ExporterFactory;
import io.stackhouse.pipeline.ExtensionFactory;
import io.stackhouse.pipeline.ProcessorFactory;
import io.stackhouse.pipeline.ReceiverFactory;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/**
 * The components that this collector has, by their types and aliases. Immutable.
 */
public record Factories(
        Map<String, ReceiverFactory<?>> receivers,
        Map<String, ProcessorFactory<?>> processors,
        Map<String, ExporterFactory<?>> exporters,
        Map<String, ExtensionFactory<?>> extensions) {

    /** Finds them on the class path. */
    public static Factories load() {
        Map<String, ReceiverFactory<?>> receivers = new TreeMap<>();
        for (ReceiverFactory<?> factory : ServiceLoader.load(ReceiverFactory.class)) {
            add(receivers, factory);
        }
        Map<String, ProcessorFactory<?>> processors = new TreeMap<>();
        for (ProcessorFactory<?> factory : ServiceLoader.load(ProcessorFactory.class)) {
            add(processors, factory);
        }
        Map<String, ExporterFactory<?>> exporters = new TreeMap<>();
        for (ExporterFactory<?> factory : ServiceLoader.load(ExporterFactory.class)) {
            add(exporters, factory);
        }
        Map<String, ExtensionFactory<?>> extensions = new TreeMap<>();
        for (ExtensionFactory<?> factory : ServiceLoader.load(ExtensionFactory.class)) {
            add(extensions, factory);
        }
        return new Factories(receivers, processors, exporters, extensions);
    }

    private static <F extends ComponentFactory<?>> void add(Map<String, F> into, F factory) {
        put(into, factory.type(), factory);
        for (String alias : factory.aliases()) {
            put(into, alias, factory);
        }
    }

    private static <F extends ComponentFactory<?>> void put(Map<String, F> into, String type, F factory) {
        F other = into.putIfAbsent(type, factory);
        if (other != null) {
            throw new IllegalStateException("two components are of the type '" + type + "': "
                    + other.getClass().getName() + " and " + factory.getClass().getName());
        }
    }
}
