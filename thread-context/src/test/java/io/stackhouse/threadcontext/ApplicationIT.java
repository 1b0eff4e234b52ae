package io.stackhouse.threadcontext;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Applications in JVMs of their own, on each Java of this machine. */
class ApplicationIT {
    @TempDir
    Path folder;

    static Stream<Path> homes() {
        return JavaHomes.byRelease().values().stream();
    }

    static Stream<Path> homesWithVirtualThreads() {
        return JavaHomes.byRelease().entrySet().stream()
                .filter(home -> home.getKey() >= 21)
                .map(Map.Entry::getValue);
    }

    @ParameterizedTest
    @MethodSource("homes")
    void showsWhatIsCurrentOnEachThreadAtEachStep(Path home) throws Exception {
        long seed = new Random().nextLong();
        assertThat(new ChildJvm(home).run(SdkProgram.class, "threads", Long.toString(seed)))
                .as("seed %d", seed)
                .contains("walks done", "installed true, in place true")
                .doesNotContain("Exception");
    }

    @ParameterizedTest
    @MethodSource("homesWithVirtualThreads")
    void showsNothingForTenThousandVirtualThreadsOnTwoCarriers(Path home) throws Exception {
        assertThat(new ChildJvm(home)
                        .option("-Djdk.virtualThreadScheduler.parallelism=2")
                        .option("-Djdk.virtualThreadScheduler.maxPoolSize=2")
                        .run(SdkProgram.class, "virtual"))
                .contains("virtual threads done, 300000 checks", "installed true, in place true");
    }

    @ParameterizedTest
    @MethodSource("homes")
    void installsItselfWithAutoconfigure(Path home) throws Exception {
        String output = autoconfigured(home)
                .variable("STACKHOUSE_THREADCONTEXT_ATTRIBUTES", "http.route,tenant")
                .run(AutoconfiguredProgram.class);
        assertThat(output.lines())
                .containsSubsequence(
                        "true 1 {0=/a, 1=blue}",
                        "true 1 {0=/b, 1=blue}",
                        "true 1 {0=/c, 1=blue}",
                        "true 1 {0=/b, 1=blue}",
                        "afterwards null",
                        "orders [http.route, tenant]");
    }

    @ParameterizedTest
    @MethodSource("homes")
    void canBeSwitchedOffWithAutoconfigure(Path home) throws Exception {
        assertThat(autoconfigured(home)
                        .variable("STACKHOUSE_THREADCONTEXT_ENABLED", "false")
                        .run(AutoconfiguredProgram.class))
                .contains("nothing", "no process context")
                .doesNotContain("true");
    }

    private static ChildJvm autoconfigured(Path home) {
        return new ChildJvm(home)
                .variable("OTEL_SERVICE_NAME", "orders")
                .variable("OTEL_TRACES_EXPORTER", "none")
                .variable("OTEL_METRICS_EXPORTER", "none")
                .variable("OTEL_LOGS_EXPORTER", "none");
    }

    @ParameterizedTest
    @MethodSource("homes")
    void sharesOneCoreBetweenClassLoaders(Path home) throws Exception {
        String output = new ChildJvm(home)
                .run(
                        TwoLoadersProgram.class,
                        System.getProperty("java.class.path").split(":"));
        assertThat(output)
                .contains("process contexts 1, cores 1")
                .doesNotContain("Exception")
                .containsPattern("(?s)(installed true, in place true.*){3}");
    }

    @ParameterizedTest
    @MethodSource("homes")
    void goesOnWithOneWarningWhereTheNativePartCannotBeLoaded(Path home) throws Exception {
        Path missing = folder.resolve("missing");
        for (String option :
                new String[] {"-Dstackhouse.threadcontext.directory=" + missing, "-Dos.arch=riscv64", "-Dos.name=Minix"
                }) {
            String output = new ChildJvm(home).option(option).run(SdkProgram.class, "spans");
            assertThat(output.lines())
                    .as(option)
                    .contains("current true", "installed false, in place false")
                    .filteredOn(line -> line.contains("Samples of profilers are not linked with spans"))
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @MethodSource("homes")
    void leavesNoFileBehind(Path home) throws Exception {
        new ChildJvm(home)
                .option("-Dstackhouse.threadcontext.directory=" + folder)
                .run(SdkProgram.class, "threads", "1");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("homes")
    void saysWhatToDoOnAFileSystemWithoutExecution(Path home) throws Exception {
        Requirement.check("root".equals(System.getProperty("user.name")), "root, to mount a file system");
        String mount = "mount -t tmpfs -o noexec tmpfs '" + folder + "' && exec \"$@\"";
        assertThat(new ChildJvm(home)
                        .inside("unshare", "-m", "sh", "-c", mount, "sh")
                        .option("-Dstackhouse.threadcontext.directory=" + folder)
                        .run(SdkProgram.class, "spans"))
                .contains("could not be loaded from " + folder, "current true", "installed false");
    }
}
