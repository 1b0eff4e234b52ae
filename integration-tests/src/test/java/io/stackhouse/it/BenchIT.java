package io.stackhouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./stackhouse bench} as a user runs it, as short as can be: its figures make sense, nothing is lost, and nothing is left behind. */
class BenchIT {
    @TempDir
    Path folder;

    @Test
    @Timeout(240)
    void measuresThePipelineAndFindsThatNothingIsLostOrComesTwice() throws Exception {
        List<String> lines =
                bench(0, "--only", "pipeline", "--rounds", "1", "--measure", "1s", "--warm-up", "1s", "--json", "-");

        assertThat(lines).filteredOn(line -> line.startsWith("good: ")).hasSizeGreaterThanOrEqualTo(3);
        assertThat(lines).noneMatch(line -> line.startsWith("WRONG"));
        Map<String, Double> medians = medians(lines.get(lines.size() - 1));
        assertThat(medians.get("gRPC echo, one core: rate")).isGreaterThan(1_000);
        assertThat(medians.get("receive, one core: rate")).isGreaterThan(1_000);
        assertThat(medians.get("+ processors, one core: rate")).isGreaterThan(1_000);
        assertThat(medians.get("protobuf-java parse")).isGreaterThan(1);
        assertThat(medians.get("memory copy")).isGreaterThan(medians.get("protobuf-java parse"));
        assertThat(medians.get("receive, one core: CPU share")).isBetween(0.05, 1.1);
        assertThat(medians.get("+ journal: wait for the answer, p99"))
                .isGreaterThanOrEqualTo(medians.get("+ journal: wait for the answer, p50"))
                .isLessThanOrEqualTo(medians.get("+ journal: wait for the answer, max"));
        assertThat(medians.get("receive: most memory (RSS)")).isBetween(50.0, 1_000.0);
        assertThat(medians.get("receive, all cores: allocated")).isPositive();
        assertNothingIsLeft();
    }

    @Test
    @Timeout(120)
    void namesTheOptionThatIsWrong() throws Exception {
        assertThat(bench(2, "--only", "everything")).anyMatch(line -> line.contains("--only names 'everything'"));
    }

    @Test
    @Timeout(120)
    void leavesNothingBehindAfterSigterm() throws Exception {
        Part bench = start("--only", "pipeline");
        bench.awaitOutput("warming up");

        assertThat(new ProcessBuilder(
                                "kill", "-TERM", Long.toString(bench.process().pid()))
                        .start()
                        .waitFor())
                .isZero();

        assertThat(bench.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(bench.process().exitValue()).isEqualTo(143);
        assertNothingIsLeft();
    }

    private List<String> bench(int exitCode, String... arguments) throws Exception {
        Part bench = start(arguments);
        assertThat(bench.process().waitFor(200, TimeUnit.SECONDS)).isTrue();
        assertThat(bench.process().exitValue()).as(bench.output()).isEqualTo(exitCode);
        return bench.output().lines().toList();
    }

    private Part start(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                ProjectFiles.root().resolve("stackhouse").toString(),
                "bench",
                "--folder",
                folder.resolve("data").toString()));
        command.addAll(List.of(arguments));
        return Part.start(command, Map.of("STACKHOUSE_NO_SETUP", "1"), folder.resolve("bench.log"));
    }

    private void assertNothingIsLeft() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("data"))) {
            assertThat(files.map(Path::getFileName).map(Path::toString))
                    .noneMatch(name -> name.startsWith("bench-work"));
        }
        assertThat(ProcessHandle.allProcesses()
                        .map(process -> process.info().commandLine().orElse(""))
                        .filter(line -> line.contains(folder.toString())))
                .isEmpty();
    }

    /** Of the figures by their names. */
    private static Map<String, Double> medians(String json) throws IOException {
        Map<String, Double> medians = new HashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            String name = "";
            boolean isRatio = false;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                String field = token == JsonToken.FIELD_NAME ? parser.currentName() : "";
                if (field.equals("name")) {
                    name = parser.nextTextValue();
                } else if (field.equals("ratio")) {
                    isRatio = true;
                } else if (field.equals("median")) {
                    parser.nextToken();
                    if (!isRatio) {
                        medians.put(name, parser.getDoubleValue());
                    }
                    isRatio = false;
                }
            }
        }
        return medians;
    }
}
