package io.stackhouse.collector.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stackhouse.collector.yaml.Variables;
import io.stackhouse.pipeline.ConfigException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ConfigLoaderTest {
    private static final String GOOD = """
            receivers:
              otlp:
            processors:
              resource_detection:
              downsample/cpu:
                thresholds: {cpu/nanoseconds: 50000000}
            exporters:
              collecting:
                tries: 2
                wait: 1m30s
            service:
              pipelines:
                profiles:
                  receivers: [otlp]
                  processors: [resource_detection, downsample/cpu]
                  exporters: [collecting]
                traces:
                  receivers: [otlp]
                  exporters: [collecting]
            """;

    private static final Factories FACTORIES = ofTests(Factories.load());

    /** Without the exporters of other modules, so that lists of types stay the same. */
    private static Factories ofTests(Factories all) {
        return new Factories(
                all.receivers(),
                all.processors(),
                Map.of("collecting", all.exporters().get("collecting")));
    }

    private static CollectorConfig load(String text, Map<String, String> environment) {
        return new ConfigLoader(FACTORIES).load("c.yaml", text, new Variables(environment, Path.of("/nowhere")));
    }

    @Test
    void readsAGoodConfiguration() {
        CollectorConfig config = load(GOOD, Map.of());
        assertThat(config.warnings()).isEmpty();
        assertThat(config.pipelines()).extracting(PipelineConfig::id).containsExactly("profiles", "traces");
        assertThat(config.pipelines().get(0).processors())
                .extracting(Object::toString)
                .containsExactly("resource_detection", "downsample/cpu");
        assertThat(config.pipelines().get(0).journal().maxSize()).hasToString("64MiB");
        assertThat(config.telemetry().metrics().listen())
                .hasToString("Address[host=localhost, port=8888, isExplicit=false]");
    }

    @Test
    void pipelinesHaveTheServicesJournalUnlessTheirOwn() {
        String text = GOOD.replace("service:\n", "service:\n  journal: {max_size: 10MiB}\n  ring_size: 64\n")
                .replace("    traces:\n", "    traces:\n      journal: {max_size: 1MiB}\n");
        List<PipelineConfig> pipelines = load(text, Map.of()).pipelines();
        assertThat(pipelines)
                .extracting(pipeline -> pipeline.journal().maxSize().toString())
                .containsExactly("10MiB", "1MiB");
        assertThat(pipelines).extracting(PipelineConfig::ringSize).containsExactly(64, 64);
    }

    @Test
    void readsTheCollectorsShapeOfMetrics() {
        String readers = """
                service:
                  telemetry:
                    logs: {level: DEBUG}
                    metrics:
                      level: detailed
                      readers:
                        - pull:
                            exporter:
                              prometheus:
                                host: 0.0.0.0
                                port: ${env:PORT:-}
                """;
        String text = GOOD.replace("service:\n", readers);
        assertThat(load(text, Map.of("PORT", "9999")).telemetry().metrics().listen())
                .hasToString("Address[host=0.0.0.0, port=9999, isExplicit=true]");
        assertThat(load(text, Map.of()).telemetry().metrics().listen())
                .hasToString("Address[host=0.0.0.0, port=8888, isExplicit=false]");
        assertThat(load(text, Map.of()).telemetry().logs().level()).isEqualTo(TelemetryConfig.LogLevel.DEBUG);
    }

    @Test
    void warnsOfWhatIsNotUsedAndOfVariablesThatAreNotSet() {
        String text = GOOD.replace("  otlp:\n", "  otlp:\n  otlp/second:\n").replace("tries: 2", "tries: ${TRIES}");
        assertThat(load(text, Map.of()).warnings())
                .containsExactly(
                        "c.yaml:3:3: receivers::otlp/second: no pipeline uses it; name it under service::pipelines or remove it",
                        "c.yaml:10:12: exporters::collecting::tries: the variable TRIES is not set; set it, or write"
                                + " ${env:TRIES:-default}");
    }

    private record Wrong(String name, String text, String... expected) {}

    /** GOOD with one part replaced. */
    private static Wrong wrong(String name, String part, String replacement, String... expected) {
        assertThat(GOOD).as(name).contains(part);
        return new Wrong(name, GOOD.replace(part, replacement), expected);
    }

    @TestFactory
    List<DynamicTest> saysWhereAndWhatIsWrong() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Wrong wrong : wrongConfigurations()) {
            tests.add(DynamicTest.dynamicTest(wrong.name(), () -> {
                ConfigException thrown =
                        catchThrowableOfType(ConfigException.class, () -> load(wrong.text(), Map.of("EMPTY", "")));
                assertThat(thrown)
                        .as("this configuration should be wrong:%n%s", wrong.text())
                        .isNotNull();
                assertThat(thrown.problems()).containsExactly(wrong.expected());
            }));
        }
        return tests;
    }

    private static List<Wrong> wrongConfigurations() {
        return List.of(
                new Wrong("empty file", "", "?"),
                new Wrong("only a comment", "# nothing\n", "?"),
                new Wrong("a list", "- a\n", "?"),
                new Wrong("no YAML", "receivers: [otlp\nservice: {}\n", "?"),
                new Wrong("a tab", "receivers:\n\totlp:\n", "?"),
                new Wrong("two documents", GOOD + "---\na: b\n", "?"),
                new Wrong("nothing in it", "{}", "?"),
                wrong("unknown top key", "processors:\n", "procesors:\n", "?"),
                wrong("connectors", "processors:\n", "connectors: {forward: }\nprocessors:\n", "?"),
                wrong("duplicate key", "    wait: 1m30s\n", "    wait: 1m30s\n    tries: 3\n", "?"),
                wrong("duplicate section", "service:\n", "exporters: {}\nservice:\n", "?"),
                wrong("unknown type", "  otlp:\n", "  otpl:\n", "?"),
                wrong("far from any type", "  otlp:\n", "  prometheus:\n", "?"),
                wrong("bad id", "  otlp:\n", "  otlp/:\n", "?"),
                wrong("unknown setting", "tries: 2", "trys: 2", "?"),
                wrong("not a number", "tries: 2", "tries: two", "?"),
                wrong("number too large", "tries: 2", "tries: 99999999999", "?"),
                wrong("value that the settings refuse", "tries: 2", "tries: 0", "?"),
                wrong("a list for one value", "tries: 2", "tries: [2]", "?"),
                wrong("one value for a list", "tries: 2", "tags: a", "?"),
                wrong("not true or false", "tries: 2", "delivers: yes", "?"),
                wrong("no length of time", "wait: 1m30s", "wait: 30", "?"),
                wrong("settings that are no map", "  otlp:\n", "  otlp: 4317\n", "?"),
                wrong("protocol misspelt", "  otlp:\n", "  otlp: {protocols: {grcp: }}\n", "?"),
                wrong("no protocol", "  otlp:\n", "  otlp: {protocols: {}}\n", "?"),
                wrong(
                        "bad endpoint",
                        "  otlp:\n",
                        "  otlp:\n    protocols:\n      grpc:\n        endpoint: 4317\n",
                        "?"),
                wrong(
                        "size that is none",
                        "  otlp:\n",
                        "  otlp:\n    protocols:\n      http: {max_request_body_size: 64 megs}\n",
                        "?"),
                wrong(
                        "unknown enum",
                        "  resource_detection:\n",
                        "  resource_detection: {detectors: [env, systm]}\n",
                        "?"),
                wrong("empty list", "  resource_detection:\n", "  resource_detection: {detectors: []}\n", "?"),
                wrong("negative in a map", "cpu/nanoseconds: 50000000", "cpu/nanoseconds: -1", "?"),
                wrong("no service", "service:\n", "services:\n", "?"),
                new Wrong("no pipelines", GOOD.substring(0, GOOD.indexOf("  pipelines:")) + "  telemetry:\n", "?"),
                wrong("unknown key of service", "service:\n", "service:\n  telemtry: {}\n", "?"),
                wrong("logs pipeline", "    traces:\n", "    logs:\n", "?"),
                wrong("misspelt pipeline", "    traces:\n", "    trace:\n", "?"),
                wrong("unnamed pipeline", "    traces:\n", "    traces/:\n", "?"),
                wrong("pipeline without receiver", "    traces:\n      receivers: [otlp]\n", "    traces:\n", "?"),
                wrong("empty pipeline", "    traces:\n", "    traces/b:\n    traces:\n", "?"),
                wrong("missing processor", "[resource_detection, ", "[resource_detecton, ", "?"),
                wrong(
                        "missing exporter",
                        "exporters: [collecting]\n    traces",
                        "exporters: [clickhouse]\n    traces",
                        "?"),
                wrong("processor twice", "[resource_detection, ", "[resource_detection, resource_detection, ", "?"),
                wrong(
                        "processor of another signal",
                        "    traces:\n",
                        "    traces:\n      processors: [downsample/cpu]\n",
                        "?"),
                wrong("unknown key of a pipeline", "    traces:\n", "    traces:\n      reciever: [otlp]\n", "?"),
                wrong(
                        "extension",
                        "service:\n",
                        "extensions: {health_check: }\nservice:\n  extensions: [health_check]\n",
                        "?"),
                wrong("ring size", "service:\n", "service:\n  ring_size: 100\n", "?"),
                wrong("empty journal", "service:\n", "service:\n  journal: {max_size: 0}\n", "?"),
                wrong(
                        "metrics twice",
                        "service:\n",
                        "service:\n  telemetry:\n    metrics:\n      address: localhost:1\n      readers:\n"
                                + "        - pull: {exporter: {prometheus: {port: 1}}}\n",
                        "?"),
                wrong(
                        "metrics port",
                        "service:\n",
                        "service:\n  telemetry: {metrics: {address: localhost:65536}}\n",
                        "?"),
                wrong(
                        "reader without pull",
                        "service:\n",
                        "service:\n  telemetry: {metrics: {readers: [{periodic: }]}}\n",
                        "?"),
                wrong("log level", "service:\n", "service:\n  telemetry: {logs: {level: inof}}\n", "?"),
                wrong("scheme of a variable", "tries: 2", "tries: ${vault:secret}", "?"),
                wrong("name of a variable", "tries: 2", "tries: ${env:9LIVES}", "?"),
                wrong("open variable", "tries: 2", "name: ${env:A", "?"),
                wrong("missing file", "tries: 2", "name: ${file:missing.txt}", "?"),
                wrong(
                        "all mistakes in one go",
                        "    tries: 2\n    wait: 1m30s\n",
                        "    tries: x\n    wait: y\n    delivers: z\n    nmae: a\n",
                        "?"));
    }
}
