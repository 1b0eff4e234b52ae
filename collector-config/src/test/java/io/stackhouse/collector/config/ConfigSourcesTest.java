package io.stackhouse.collector.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stackhouse.collector.testing.CollectingExporterFactory;
import io.stackhouse.pipeline.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several files and single settings make one configuration. */
class ConfigSourcesTest {
    private static final String BASE = """
            receivers:
              otlp:
            exporters:
              collecting: {tries: 2, pause: 1s, tags: [a, b]}
            service:
              pipelines:
                traces: {receivers: [otlp], exporters: [collecting]}
            """;

    @TempDir
    Path folder;

    private String base = "";

    @BeforeEach
    void writeBase() throws IOException {
        base = file("base.yaml", BASE);
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private static CollectorConfig load(List<String> files, String... settings) {
        return load(Map.of(), files, settings);
    }

    private static CollectorConfig load(Map<String, String> environment, List<String> files, String... settings) {
        return new ConfigLoader(Factories.load()).load(new ConfigSources(files, Arrays.asList(settings)), environment);
    }

    private List<String> problems(List<String> files, String... settings) {
        ConfigException thrown =
                catchThrowableOfType(ConfigException.class, () -> load(Map.of("TOKEN", "hush hush"), files, settings));
        assertThat(thrown).as("this should be wrong").isNotNull();
        return thrown.problems().stream()
                .map(problem -> problem.replace(folder + "/", ""))
                .toList();
    }

    private static CollectingExporterFactory.Config exporter(CollectorConfig config) {
        return (CollectingExporterFactory.Config)
                config.exporters().values().iterator().next().settings();
    }

    @Test
    void mapsAreMergedAndListsAndValuesAreReplaced() throws IOException {
        String over = file("over.yaml", """
                exporters:
                  collecting: {tries: 7, tags: [c]}
                service:
                  ring_size: 64
                """);
        CollectorConfig config = load(List.of(base, over));
        assertThat(exporter(config).tries()).isEqualTo(7);
        assertThat(exporter(config).pause()).hasSeconds(1);
        assertThat(exporter(config).tags()).containsExactly("c");
        assertThat(config.pipelines().get(0).ring().size()).isEqualTo(64);
        assertThat(exporter(load(List.of(over, base))).tries())
                .as("the last one wins")
                .isEqualTo(2);
    }

    @Test
    void nothingClearsAndAnEmptyMapChangesNothing() throws IOException {
        String nothing = file("nothing.yaml", "exporters: {collecting: }\n");
        String emptyMap = file("empty.yaml", "exporters: {collecting: {}}\n");
        assertThat(exporter(load(List.of(base, nothing))).tries())
                .as("the default")
                .isEqualTo(3);
        assertThat(exporter(load(List.of(base, emptyMap))).tries()).isEqualTo(2);
    }

    @Test
    void aFileOfSeveralMayBeEmpty() throws IOException {
        assertThat(load(List.of(base, file("comments.yaml", "# nothing yet\n"))).pipelines())
                .hasSize(1);
        assertThat(problems(List.of(file("a.yaml", ""), file("b.yaml", "# b\n"))))
                .containsExactly("--config: all files are empty; receivers, exporters and service are needed");
    }

    @Test
    void eachMistakeHasThePlaceInItsOwnFileInTheOrderOfTheFiles() throws IOException {
        String z = file("z.yaml", "exporters:\n  collecting:\n    pause: soon\n    tries: 1\n");
        String a = file("a.yaml", "\n\nexporters: {collecting: {tries: many}, colecting: }\nrecievers: {}\n");
        assertThat(problems(List.of(base, z, a)))
                .containsExactly(
                        "z.yaml:3:12: exporters::collecting::pause: 'soon' is no length of time; write a number with ns, us, ms, s, m or h, such as 200ms, 5s or 1h30m",
                        "a.yaml:3:33: exporters::collecting::tries: 'many' is no whole number; write digits such as 5",
                        "a.yaml:3:40: exporters::colecting: unknown type: \"colecting\" for id: \"colecting\"; did you mean 'collecting'? (valid values: "
                                + String.join(", ", Factories.load().exporters().keySet()) + ")",
                        "a.yaml:4:1: recievers: unknown key; did you mean 'receivers'?; allowed: receivers, processors, exporters, extensions, service");
    }

    @Test
    void oneKeyTwiceInOneFileIsAMistakeAndInTwoFilesIsNot() throws IOException {
        String over = file("over.yaml", "service: {ring_size: 64}\nservice: {ring_size: 32}\n");
        assertThat(problems(List.of(base, over)))
                .containsExactly("over.yaml:2:1: service: this key is there already in line 1; keep one");
    }

    @Test
    void filesThatCannotBeReadAreToldTogetherAndNothingElse() throws IOException {
        String broken = file("broken.yaml", "exporters: [\n");
        assertThat(problems(List.of(folder.resolve("gone.yaml").toString(), broken)))
                .hasSize(2)
                .anyMatch(line -> line.equals("gone.yaml: there is no such file; check the path after --config"))
                .anyMatch(line -> line.startsWith("broken.yaml:2:1: this is no YAML: "));
    }

    @Test
    void namesWithASchemeAreFilesOrVariables() {
        Map<String, String> environment = Map.of("OVER", "exporters: {collecting: {tries: 9}}");
        CollectorConfig config = load(environment, List.of("file:" + base, "env:OVER"));
        assertThat(exporter(config).tries()).isEqualTo(9);
        assertThat(problems(List.of("env:NONE", "https://example.org/c.yaml")))
                .containsExactly(
                        "--config env:NONE: the variable is not set; set it to YAML",
                        "--config https://example.org/c.yaml: this can't be read; allowed: FILE, file:FILE, env:NAME");
    }

    @Test
    void singleSettingsGoOverAllFiles() throws IOException {
        String over = file("over.yaml", "exporters: {collecting: {tries: 7}}\n");
        CollectorConfig config = load(
                Map.of("NAME", "n"),
                List.of(base, over),
                "exporters.collecting.tries=8",
                "exporters::collecting::tags=[x, y]",
                "exporters.collecting.name=${env:NAME}-${NAME}",
                "receivers.otlp.protocols.grpc=",
                "service.pipelines.traces/b={receivers: [otlp], exporters: [collecting]}",
                "exporters.collecting.tries=9");
        assertThat(exporter(config).tries()).as("the last one wins").isEqualTo(9);
        assertThat(exporter(config).tags()).containsExactly("x", "y");
        assertThat(exporter(config).name()).isEqualTo("n-n");
        assertThat(config.pipelines()).extracting(PipelineConfig::id).containsExactly("traces", "traces/b");
    }

    @Test
    void mistakesInSingleSettingsNameTheOptionAndNotItsValue() {
        assertThat(problems(
                        List.of(base),
                        "exporters.collecting.tries",
                        "exporters..tries=1",
                        "exporters.collecting.tries=x",
                        "exporters.collecting.pause=[hush",
                        "extensions.bearertokenauth.token=${env:TOKEN}",
                        "exporters.collecting.tags={a: 1, a: 2}"))
                .hasSize(4)
                .allSatisfy(line -> assertThat(line).startsWith("--set ").doesNotContain("hush"))
                .contains(
                        "--set (number 1): missing equal sign; write --set a.b=c",
                        "--set exporters..tries: a key is empty; write --set a.b=c")
                .anyMatch(line -> line.startsWith(
                        "--set exporters.collecting.pause: exporters::collecting::pause: this is no YAML: "))
                .contains(
                        "--set exporters.collecting.tags: exporters::collecting::tags::a: this key is there already; keep one");
        assertThat(problems(
                        List.of(base),
                        "exporters.collecting.tries=x",
                        "exporters.collecting.trys=1",
                        "extensions.bearertokenauth.token=${env:TOKEN}"))
                .containsExactly(
                        "--set exporters.collecting.tries: exporters::collecting::tries: 'x' is no whole number; write digits such as 5",
                        "--set exporters.collecting.trys: exporters::collecting::trys: unknown key; did you mean 'tries'?; allowed: name, delivers, tries, pause, tags, failure, returns",
                        "--set extensions.bearertokenauth.token: extensions::bearertokenauth::token: token must be of visible ASCII characters, one or more, without blanks");
    }
}
