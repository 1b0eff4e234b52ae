package io.stackhouse.threadcontext;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NativeBuildTest {
    private static final Path SOURCES = Path.of("src/main/native").toAbsolutePath();
    private static final Path PREBUILT = SOURCES.resolve("prebuilt");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"x86_64, gcc", "aarch64, aarch64-linux-gnu-gcc"})
    void theCommittedLibrariesEqualAFreshBuildByTheSameCompiler(String arch, String gcc) throws Exception {
        String recorded = Files.readString(PREBUILT.resolve("GCC_MAJOR")).strip();
        Requirement.check(
                run(gcc, "-dumpversion").strip().equals(recorded)
                        && run(gcc, "-dumpmachine").startsWith(arch),
                gcc + " " + recorded + " for " + arch + ", which built the committed libraries");

        run(SOURCES.resolve("build.sh").toString(), folder.toString(), System.getProperty("java.home"));

        for (String name : names(arch)) {
            assertThat(folder.resolve(name))
                    .as("run src/main/native/build.sh --prebuilt and commit prebuilt/ with the source")
                    .hasSameBinaryContentAs(PREBUILT.resolve(name));
        }
    }

    @Test
    void theCommittedLibrariesAreTakenWhereThereIsNoCompiler() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(SOURCES.resolve("build.sh").toString(), folder.toString());
        builder.environment().put("NO_GCC", "true");
        assertThat(output(builder)).contains("taking the committed libraries");
        for (String name : names("x86_64")) {
            assertThat(folder.resolve(name)).hasSameBinaryContentAs(PREBUILT.resolve(name));
        }
    }

    /** What readers need (OTEP 4947, "Thread-Local Variable Resolution"), and what lets it load everywhere. */
    @ParameterizedTest
    @ValueSource(strings = {"x86_64", "aarch64"})
    void theCoreExportsTheVariableByDescriptorAndNeedsNoLibrary(String arch) throws Exception {
        String core = PREBUILT.resolve("stackhouse-context-" + arch + ".so").toString();
        String elf = run("readelf", "-W", "--dyn-syms", "-r", "-d", "-h", core);
        Requirement.check(!elf.isEmpty(), "readelf");
        assertThat(elf).containsPattern("TLS +GLOBAL +DEFAULT +\\d+ otel_thread_ctx_v1");
        assertThat(elf).containsPattern("R_(X86_64|AARCH64)_TLSDESC +.* otel_thread_ctx_v1");
        assertThat(elf).contains("NODELETE").doesNotContain("(NEEDED)").doesNotContain("@GLIBC");
        assertThat(elf).contains(arch.equals("x86_64") ? "Advanced Micro Devices X86-64" : "AArch64");
    }

    private static List<String> names(String arch) {
        return List.of("stackhouse-context-" + arch + ".so", "stackhouse-context-jni-" + arch + ".so");
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
