package io.stackhouse.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MainTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        return commandLine.execute(arguments);
    }

    @Test
    void helpShowsCommandsExitCodesAndExamples() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("run", "validate", "components", "143", "collector run --config");
    }

    @Test
    void versionIsTheBuilds() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).startsWith("collector version ").doesNotContain("unknown", "$");
    }

    @Test
    void listsComponents() {
        assertThat(run("components")).isZero();
        assertThat(out.toString())
                .contains(
                        "    - name: otlp\n      stability:\n        profiles: Development\n        traces: Development\n")
                .contains("    - name: resource_detection\n      aliases: [resourcedetection]\n")
                .contains("extensions:\n", "    - name: recording\n      stability:\n        extension: Alpha\n")
                .contains(
                        "    - name: aggregate\n      stability:\n        profiles: Development\n",
                        "    - name: downsample\n      stability:\n        profiles: Development\n        traces: Development\n");
    }

    @Test
    void wrongOptionsAreTold() {
        assertThat(run()).isEqualTo(2);
        assertThat(run("validate")).isEqualTo(2);
        assertThat(err.toString())
                .contains("a command is missing")
                .contains("at least one config flag must be provided; write --config FILE");
        assertThat(run("print-config", "--config", "c.yaml", "--mode", "unredacted"))
                .as("secrets are never shown")
                .isEqualTo(2);
    }

    @Test
    void aConfigurationWithoutACommandIsRun() {
        assertThat(Main.withCommand("--config", "c.yaml")).containsExactly("run", "--config", "c.yaml");
        assertThat(Main.withCommand("--set=a=b")).containsExactly("run", "--set=a=b");
        assertThat(Main.withCommand("components")).containsExactly("components");
        assertThat(Main.withCommand()).isEmpty();
        assertThat(run(Main.withCommand("--config=nowhere.yaml"))).isEqualTo(1);
    }

    private static final String YAML = """
            receivers:
              otlp:
                protocols:
                  http: {endpoint: "127.0.0.1:0", auth: {authenticator: bearertokenauth}}
            processors:
              downsample/cpu: {thresholds: {cpu/nanoseconds: 5}}
            exporters:
              collecting: {name: "${env:NONE:-a}: $$ 'x' \\"y\\"", pause: 90s, tags: [yes, "1", b c]}
              clickhouse: {password: hush-password}
            extensions:
              bearertokenauth: {token: hush-token}
            service:
              extensions: [bearertokenauth]
              journal: {max_size: 1MiB}
              telemetry: {metrics: {readers: [{pull: {exporter: {prometheus: {port: 1}}}}]}}
              pipelines:
                profiles: {receivers: [otlp], processors: [downsample/cpu], exporters: [collecting, clickhouse]}
            """;

    @Test
    void printsTheSchemaOfTheExporterThatHasOne() throws IOException {
        String file = Files.writeString(folder.resolve("c.yaml"), YAML).toString();
        assertThat(run("schema", "print", "--config", file, "--set", "exporters.clickhouse.database=prof"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString())
                .startsWith("CREATE DATABASE IF NOT EXISTS prof;\n\n")
                .contains("CREATE TABLE IF NOT EXISTS prof.otel_profiles_samples_v1")
                .contains("CREATE TABLE IF NOT EXISTS prof.otel_traces")
                .doesNotContain("hush", "{database}");
        assertThat(run("schema", "print", "--config", file, "--exporter", "collecting"))
                .isEqualTo(2);
        assertThat(run("schema", "print", "--config", file, "--set", "exporters.clickhouse/b.database=b"))
                .isEqualTo(2);
        assertThat(err.toString())
                .contains("--exporter collecting: no such exporter with tables; there is [clickhouse]")
                .contains("several exporters have tables, name one with --exporter: [clickhouse, clickhouse/b]");
    }

    private String printed(String... options) throws IOException {
        out.getBuffer().setLength(0);
        List<String> arguments = new ArrayList<>(List.of("print-config"));
        arguments.addAll(List.of(options));
        assertThat(run(arguments.toArray(new String[0]))).as(err.toString()).isZero();
        assertThat(err.toString()).isEmpty();
        return out.toString();
    }

    @Test
    void printsTheConfigurationAsItTakesEffectWithoutSecrets() throws IOException {
        String file = Files.writeString(folder.resolve("c.yaml"), YAML).toString();
        String first = printed("--config", file, "--set", "exporters.collecting.tries=9");
        assertThat(first)
                .contains("  collecting:\n    name: \"a: $$ 'x' \\\"y\\\"\"\n    delivers: true\n    tries: 9\n")
                .contains("    pause: 1m30s\n    tags: [\"yes\", \"1\", \"b c\"]\n")
                .contains("    password: \"[REDACTED]\"\n", "    token: \"[REDACTED]\"\n")
                .contains("        max_size: 1MiB\n", "      ring_size: 256\n")
                .contains("    thresholds:\n      cpu/nanoseconds: 5\n")
                .doesNotContain("hush");
        String again = Files.writeString(
                        folder.resolve("again.yaml"),
                        first.replace("token: \"[REDACTED]\"", "token: x").replace("[REDACTED]", "x"))
                .toString();
        assertThat(printed("--config", again))
                .as("it can be read back and says the same")
                .isEqualTo(first);
        assertThat(printed("--config", file, "--format", "json"))
                .startsWith("{\n  \"receivers\": {\n    \"otlp\": {\n")
                .contains("\"password\": \"[REDACTED]\"", "\"name\": \"a: $ 'x' \\\"y\\\"\"", "\"delivers\": true")
                .doesNotContain("hush")
                .endsWith("}\n");
    }

    @Test
    void aWrongConfigurationIsNotPrinted() throws IOException {
        Path file = Files.writeString(folder.resolve("c.yaml"), YAML.replace("pause", "puase"));
        assertThat(run("print-initial-config", "--config", file.toString())).isEqualTo(1);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).contains("c.yaml:8:").contains("did you mean 'pause'?");
    }

    @Test
    void aMissingFileIsTold() {
        assertThat(run("validate", "--config", "nowhere.yaml")).isEqualTo(1);
        assertThat(err.toString()).contains(Path.of("nowhere.yaml") + ": there is no such file");
    }
}
