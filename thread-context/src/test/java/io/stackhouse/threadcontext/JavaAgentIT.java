package io.stackhouse.threadcontext;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The jar as an extension of the real OpenTelemetry Java agent, on each Java of this machine. */
class JavaAgentIT {
    static Stream<Path> homes() {
        return JavaHomes.byRelease().values().stream();
    }

    @ParameterizedTest
    @MethodSource("homes")
    void publishesTheAgentsSpansAndResource(Path home) throws Exception {
        List<String> lines = run(home, "always_on");
        assertThat(lines.stream()
                        .filter(line -> line.equals("same /orders, below: same /orders/{id}, again: same /orders")))
                .as("%s", lines)
                .hasSize(20);
        assertThat(lines).contains("afterwards null", "process orders tlsdesc_v1_dev [http.route] true");
    }

    @ParameterizedTest
    @MethodSource("homes")
    void publishesIdsAndRouteOfUnsampledSpans(Path home) throws Exception {
        List<String> lines = run(home, "always_off");
        assertThat(lines.stream()
                        .filter(line -> line.equals("same null, below: same /orders/{id}, again: same /orders/{id}")))
                .as("%s", lines)
                .hasSize(20);
    }

    private static List<String> run(Path home, String sampler) throws IOException, InterruptedException {
        ChildJvm child = new ChildJvm(home)
                .option("-javaagent:" + ChildJvm.entry("opentelemetry-javaagent"))
                .option("-Dotel.javaagent.extensions=" + jar())
                .option("-Dotel.service.name=orders")
                .option("-Dotel.traces.sampler=" + sampler)
                .option("-Dotel.traces.exporter=none")
                .option("-Dotel.metrics.exporter=none")
                .option("-Dotel.logs.exporter=none")
                .without("opentelemetry-sdk", "opentelemetry-javaagent");
        return child.run(TracedServer.class).lines().toList();
    }

    /** The packaged jar. */
    static Path jar() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            return files.filter(file -> file.getFileName().toString().matches("stackhouse-thread-context-.*\\.jar"))
                    .findAny()
                    .orElseThrow()
                    .toAbsolutePath();
        }
    }
}
