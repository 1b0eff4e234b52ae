package io.stackhouse.exporter.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.metrics.Meter;
import io.stackhouse.exporter.clickhouse.ClickHouseExporterFactory;
import io.stackhouse.exporter.debug.DebugExporterFactory;
import io.stackhouse.exporter.otlp.OtlpHttpExporterFactory;
import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.ExporterFactory;
import io.stackhouse.pipeline.Telemetry;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Exporters stand beside one another: the SDK warns when an instrument of one name is described in two ways. */
class InstrumentTextsTest {
    private final Map<String, Set<String>> texts = new TreeMap<>();

    /** Every call gives the next step of building an instrument; the name is known from the first. */
    private Object proxy(Class<?> type, String name) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
            String instrument = name.isEmpty() ? (String) arguments[0] : name;
            if (method.getName().equals("setUnit") || method.getName().equals("setDescription")) {
                texts.computeIfAbsent(instrument + "." + method.getName(), unused -> new TreeSet<>())
                        .add((String) arguments[0]);
            }
            Class<?> next = method.getReturnType();
            return next == void.class ? null : proxy(next, instrument);
        });
    }

    private <C extends Record> void make(ExporterFactory<C> factory) {
        Telemetry telemetry = new Telemetry(
                ComponentId.parse(factory.type()),
                (Meter) proxy(Meter.class, ""),
                Telemetry.none().clock());
        factory.create(factory.defaultConfig(), telemetry).close();
    }

    @Test
    void areTheSameInAllExporters() {
        make(new ClickHouseExporterFactory());
        make(new DebugExporterFactory());
        make(new OtlpHttpExporterFactory());
        assertThat(texts).containsKey("otelcol_exporter_sent_spans.setDescription");
        assertThat(texts).allSatisfy((name, said) -> assertThat(said).as(name).hasSize(1));
    }
}
