package io.stackhouse.threadcontext;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a program of the tests in a JVM of its own, and returns what it printed; an exit code other than 0 fails. One thread. */
final class ChildJvm {
    private final Path home;
    private final List<String> options = new ArrayList<>();
    private List<String> wrapper = List.of();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private String classPath = System.getProperty("java.class.path");

    ChildJvm(Path home) {
        this.home = home;
    }

    ChildJvm option(String option) {
        options.add(option);
        return this;
    }

    /** A command that gets the JVM's command appended. */
    ChildJvm inside(String... command) {
        wrapper = List.of(command);
        return this;
    }

    ChildJvm variable(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Leaves out the class path's entries whose path has one of these in it. */
    ChildJvm without(String... parts) {
        List<String> kept = new ArrayList<>();
        for (String entry : classPath.split(":")) {
            boolean isLeftOut = false;
            for (String part : parts) {
                isLeftOut |= entry.contains(part);
            }
            if (!isLeftOut) {
                kept.add(entry);
            }
        }
        classPath = String.join(":", kept);
        return this;
    }

    /** The class path's entry whose path has this in it. */
    static Path entry(String part) {
        for (String entry : System.getProperty("java.class.path").split(":")) {
            if (entry.contains(part)) {
                return Path.of(entry).toAbsolutePath();
            }
        }
        throw new AssertionError("nothing on the class path is named " + part);
    }

    String run(Class<?> program, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(List.of(home.resolve("bin/java").toString(), "-Xmx256m"));
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, program.getName()));
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile("child", ".txt");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            boolean hasEnded = process.waitFor(60, TimeUnit.SECONDS);
            if (!hasEnded) {
                process.destroyForcibly().waitFor();
            }
            String text = Files.readString(output, StandardCharsets.UTF_8);
            if (!hasEnded || process.exitValue() != 0) {
                throw new AssertionError((hasEnded ? "exit code " + process.exitValue() : "no end") + ":\n" + text);
            }
            return text;
        } finally {
            Files.delete(output);
        }
    }
}
