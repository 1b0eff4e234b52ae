package io.stackhouse.it;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Where the project's modules lie, and how their programs are started. */
final class ProjectFiles {
    private ProjectFiles() {}

    static Path root() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve("stackhouse")) && Files.exists(at.resolve("pom.xml"))) {
                return at;
            }
        }
        throw new IllegalStateException("no project folder above " + Path.of("").toAbsolutePath());
    }

    /** The command line of a module's program, with the JVM options that its distribution has. */
    static List<String> program(String module, String mainClass, List<String> arguments) {
        Path folder = root().resolve(module);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(lines(folder.resolve("src/main/dist/jvm.options")));
        if (Runtime.version().feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.add("-cp");
        command.add(folder.resolve("target/classes") + ":" + folder.resolve("target/lib") + "/*");
        command.add(mainClass);
        command.addAll(arguments);
        return command;
    }

    /** The jar that a Java application adds so that samples carry its spans. */
    static Path threadContextJar() {
        try (Stream<Path> built = Files.list(root().resolve("thread-context/target"))) {
            return built.filter(file ->
                            file.getFileName().toString().matches("stackhouse-thread-context-[^-]+(-SNAPSHOT)?\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("thread-context is not packaged"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The jars of this test's class path whose names match. */
    static List<String> jars(Predicate<String> isMeant) {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> isMeant.test(Path.of(entry).getFileName().toString()))
                .toList();
    }

    private static List<String> lines(Path file) {
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            return Files.readAllLines(file).stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
