package io.stackhouse.agent.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Java program in a JVM of its own, started with the flags given and otherwise unchanged. Closing kills it. */
final class JavaTarget implements AutoCloseable {
    private final Path home;
    private final Process process;

    /** Starts the main class, which lies beside the tests, and waits until it prints a line. */
    JavaTarget(Path home, List<String> flags, Class<?> main, String... arguments) throws IOException {
        this.home = home;
        List<String> command = new ArrayList<>();
        command.add(home.resolve("bin/java").toString());
        command.addAll(flags);
        command.addAll(List.of("-cp", classes(main).toString(), main.getName()));
        command.addAll(List.of(arguments));
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        String line = out.readLine();
        while (!"ready".equals(line)) {
            // A profiler inside of it may talk first.
            assertThat(line).as("what the target printed").isNotNull();
            line = out.readLine();
        }
    }

    long pid() {
        return process.pid();
    }

    Process process() {
        return process;
    }

    /** What jcmd of the same JDK prints. */
    List<String> jcmd(String... command) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(home.resolve("bin/jcmd").toString(), Long.toString(pid())));
        all.addAll(List.of(command));
        Process jcmd = new ProcessBuilder(all).redirectErrorStream(true).start();
        String output = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(jcmd.waitFor()).as(output).isZero();
        return output.lines().toList();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private static Path classes(Class<?> main) {
        return Path.of(main.getProtectionDomain().getCodeSource().getLocation().getPath());
    }
}
