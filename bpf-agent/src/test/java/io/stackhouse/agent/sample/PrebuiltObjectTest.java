package io.stackhouse.agent.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.agent.testing.KernelTests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrebuiltObjectTest {
    private static final Path SOURCES = Path.of("src/main/bpf");

    @TempDir
    Path folder;

    @Test
    void equalsAFreshBuildByTheSameCompiler() throws Exception {
        String recorded =
                Files.readString(SOURCES.resolve("prebuilt/CLANG_MAJOR")).strip();
        KernelTests.require(
                run("clang-" + recorded, "--version").contains("clang version " + recorded + "."),
                "needs clang-" + recorded + ", which built the committed objects");

        run(SOURCES.resolve("build.sh").toAbsolutePath().toString(), folder.toString());

        for (String arch : new String[] {"x86_64", "arm64"}) {
            String name = "stackhouse-" + arch + ".bpf.o";
            assertThat(folder.resolve(name))
                    .as("run src/main/bpf/build.sh --prebuilt and commit prebuilt/ with the source")
                    .hasSameBinaryContentAs(SOURCES.resolve("prebuilt").resolve(name));
        }
    }

    @Test
    void isTakenWhereThereIsNoCompiler() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                SOURCES.resolve("build.sh").toAbsolutePath().toString(),
                folder.resolve("without").toString());
        builder.environment().put("CLANG", folder.resolve("no-clang").toString());
        String output = output(builder);

        assertThat(output).contains("taking the committed BPF objects");
        assertThat(folder.resolve("without/stackhouse-x86_64.bpf.o"))
                .hasSameBinaryContentAs(SOURCES.resolve("prebuilt/stackhouse-x86_64.bpf.o"));
    }

    private static String run(String... command) throws InterruptedException {
        try {
            return output(new ProcessBuilder(command));
        } catch (IOException e) {
            return "";
        }
    }

    private static String output(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }
}
