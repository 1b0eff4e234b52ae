package io.stackhouse.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.collector.config.CollectorConfig;
import io.stackhouse.collector.config.ConfigLoader;
import io.stackhouse.collector.config.DocumentedSettings;
import io.stackhouse.collector.config.Factories;
import io.stackhouse.collector.yaml.Settings;
import io.stackhouse.pipeline.ProcessorFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The READMEs say what the code has: tables of settings and examples. */
class ReadmeTest {
    private static final Pattern ROW = Pattern.compile("\\| `([a-z0-9_.]+)` \\| (`[^`]*`|-) \\| [^|]*\\| [^|]+\\|");
    private static final Pattern EXAMPLE = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path folder;

    private static String readme(String module) throws IOException {
        return Files.readString(Path.of("..", module, "README.md"));
    }

    /** Keys and defaults of the first table below the heading. */
    private static Map<String, String> table(String readme, String name) {
        int heading = readme.indexOf("# Settings of `" + name + "`\n");
        assertThat(heading).as("heading 'Settings of `%s`'", name).isNotNegative();
        Map<String, String> rows = new LinkedHashMap<>();
        boolean isInside = false;
        for (String line : readme.substring(heading).lines().toList()) {
            if (line.startsWith("| key |") || line.startsWith("| --- |")) {
                isInside = true;
                continue;
            }
            if (isInside && !line.startsWith("|")) {
                break;
            }
            if (isInside) {
                Matcher row = ROW.matcher(line);
                assertThat(row.matches()).as("a row of four columns: %s", line).isTrue();
                rows.put(row.group(1), row.group(2).replace("`", ""));
            }
        }
        return rows;
    }

    private static void assertDocumented(String module, String name, Record defaults) throws IOException {
        assertThat(new ArrayList<>(table(readme(module), name).entrySet()))
                .isEqualTo(new ArrayList<>(Settings.defaults(defaults).entrySet()));
    }

    @Test
    void theReceiversSettingsAreThoseOfTheCode() throws IOException {
        assertDocumented(
                "receiver", "otlp", Factories.load().receivers().get("otlp").defaultConfig());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bearertokenauth", "basicauth"})
    void theAuthenticatorsSettingsAreThoseOfTheCode(String type) throws IOException {
        assertDocumented(
                "receiver", type, Factories.load().extensions().get(type).defaultConfig());
    }

    static List<String> processors() {
        return Factories.load().processors().values().stream()
                // Not those that tests bring along.
                .filter(factory -> factory.getClass().getPackageName().startsWith("io.stackhouse.processor."))
                .map(ProcessorFactory::type)
                .distinct()
                .sorted()
                .toList();
    }

    @ParameterizedTest
    @MethodSource("processors")
    void theProcessorsSettingsAreThoseOfTheCode(String type) throws IOException {
        assertDocumented(
                "processor", type, Factories.load().processors().get(type).defaultConfig());
    }

    @ParameterizedTest
    @ValueSource(strings = {"debug", "otlp_grpc", "otlp_http"})
    void theExportersSettingsAreThoseOfTheCode(String type) throws IOException {
        assertDocumented(
                "exporter", type, Factories.load().exporters().get(type).defaultConfig());
    }

    @ParameterizedTest
    @ValueSource(strings = {"health_check", "zpages"})
    void theAdminExtensionsSettingsAreThoseOfTheCode(String type) throws IOException {
        assertDocumented(
                "collector-config",
                type,
                Factories.load().extensions().get(type).defaultConfig());
    }

    @Test
    void theServicesSettingsAreThoseOfTheCode() throws IOException {
        assertDocumented("collector-config", "service", DocumentedSettings.service());
    }

    @ParameterizedTest
    @ValueSource(strings = {"receiver", "processor", "exporter", "collector-config"})
    void theExamplesAreValid(String module) throws IOException {
        Matcher example = EXAMPLE.matcher(readme(module));
        int count = 0;
        while (example.find()) {
            Path file = Files.writeString(folder.resolve("example.yaml"), example.group(1));
            CollectorConfig config = new ConfigLoader(Factories.load()).load(file, Map.of());
            assertThat(config.warnings()).isEmpty();
            count++;
        }
        assertThat(count).isPositive();
    }

    @Test
    void theQuickstartIsValidWithAndWithoutItsVariables() {
        Path file = Path.of("src", "main", "dist", "quickstart.yaml");
        CollectorConfig plain = new ConfigLoader(Factories.load()).load(file, Map.of());
        assertThat(plain.warnings()).isEmpty();
        assertThat(plain.telemetry().metrics().listen().isExplicit()).isFalse();
        Map<String, String> environment = Map.of(
                "STACKHOUSE_OTLP_GRPC_PORT", "14317",
                "STACKHOUSE_OTLP_HTTP_PORT", "14318",
                "STACKHOUSE_METRICS_PORT", "18888",
                "STACKHOUSE_CLICKHOUSE_ENDPOINT", "http://db:8123");
        CollectorConfig moved = new ConfigLoader(Factories.load()).load(file, environment);
        assertThat(moved.telemetry().metrics().listen().port()).isEqualTo(18888);
        assertThat(moved.receivers().values().toString()).contains("127.0.0.1:14317", "127.0.0.1:14318");
        assertThat(moved.exporters().values().toString()).contains("http://db:8123");
    }

    @Test
    void theJvmTakesTheOptions() throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(Files.readAllLines(Path.of("src", "main", "dist", "jvm.options")));
        command.add("-version");
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }
}
