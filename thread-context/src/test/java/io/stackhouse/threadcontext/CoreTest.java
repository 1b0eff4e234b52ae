package io.stackhouse.threadcontext;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The core without Java, on glibc and, where its compiler is there, on musl: records of threads that end, keys, process context, fork. */
class CoreTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "musl-gcc"})
    void usesOneRecordForThreadsThatFollowEachOther(String compiler) throws Exception {
        Assumptions.assumeTrue(
                System.getProperty("os.arch").equals("amd64") && exists(compiler), "needs x86-64 and " + compiler);
        Path sources = Path.of("src/main/native").toAbsolutePath();
        Path program = folder.resolve("core_test");
        Path test = Path.of("src/test/native/core_test.c").toAbsolutePath();
        output(compiler, "-I" + sources, test.toString(), "-o", program.toString(), "-ldl", "-lpthread");

        assertThat(output(
                                program.toString(),
                                sources.resolve("prebuilt/stackhouse-context-x86_64.so")
                                        .toString())
                        .lines())
                .containsExactly(
                        "threads that used the first one's record and left it invalid: 1000",
                        "keys 0 1 0, publish 0, mappings 1",
                        "mappings in a forked child: 0");
    }

    private static boolean exists(String compiler) throws InterruptedException {
        try {
            return !output(compiler, "--version").isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    private static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }
}
