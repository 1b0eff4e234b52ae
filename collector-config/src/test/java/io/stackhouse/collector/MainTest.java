package io.stackhouse.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MainTest {
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
                .contains("    - name: downsample\n      stability:\n        profiles: Development\n");
    }

    @Test
    void wrongOptionsAreTold() {
        assertThat(run()).isEqualTo(2);
        assertThat(run("validate")).isEqualTo(2);
        assertThat(err.toString()).contains("a command is missing").contains("--config");
    }

    @Test
    void aMissingFileIsTold() {
        assertThat(run("validate", "--config", "nowhere.yaml")).isEqualTo(1);
        assertThat(err.toString()).contains(Path.of("nowhere.yaml") + ": there is no such file");
    }
}
