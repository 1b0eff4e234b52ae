package io.stackhouse.pipeline.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The inputs that lie in the tree for a fuzz target: seeds, and those that once broke it ({@code finding-...}). Any thread. */
public final class FuzzInputs {
    private FuzzInputs() {}

    /** One input. */
    public record Input(String target, String name, byte[] bytes) {
        @Override
        public String toString() {
            return target + "/" + name;
        }
    }

    /** The inputs of a target of the module in whose folder the tests run; there must be some. */
    public static List<Input> of(Class<?> target) {
        Path folder = Path.of("src/test/fuzz", target.getSimpleName());
        try (var files = Files.list(folder)) {
            return files.sorted()
                    .map(file ->
                            new Input(target.getSimpleName(), file.getFileName().toString(), read(file)))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
