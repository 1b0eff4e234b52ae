package io.stackhouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program that is profiled. It burns CPU, prints a line, and waits for its stdin to end, so that /proc still knows it. */
final class Target implements AutoCloseable {
    private static final double TICKS_PER_SECOND = 100;
    private final Process process;

    private Target(Process process) {
        this.process = process;
    }

    /** Starts a program as the service named. */
    static Target start(String serviceName, List<String> command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().put("OTEL_SERVICE_NAME", serviceName);
            return new Target(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first line it prints: the end of its burning. */
    String awaitLine() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            String line = reader.readLine();
            assertThat(line).as("output of %s", process.info().command()).isNotNull();
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** User and system time of the process since its start (proc(5), stat, fields 14 and 15). */
    double cpuSeconds() {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** Compiles a C program with frame pointers. */
    static Path compile(Path source, Path folder) throws IOException, InterruptedException {
        Path binary = folder.resolve(source.getFileName().toString().replace(".c", ""));
        Process gcc = new ProcessBuilder(
                        "gcc",
                        "-O2",
                        "-fno-omit-frame-pointer",
                        "-mno-omit-leaf-frame-pointer",
                        "-o",
                        binary.toString(),
                        source.toString())
                .inheritIO()
                .start();
        assertThat(gcc.waitFor()).isZero();
        return binary;
    }
}
