package io.stackhouse.pipeline.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Real OTLP payloads of other producers, where they are at hand: in the folder that the environment variable STACKHOUSE_CORPUS
 * names, else in a folder shared/corpus beside the project.
 */
public final class Corpus {
    private Corpus() {}

    /** One message, and the file it came from. */
    public record Payload(String name, byte[] message) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** Every ProfilesData message that was found; says on stderr when there is none. */
    public static List<Payload> profiles() throws IOException {
        Path folder = folder();
        if (folder == null) {
            System.err.println(
                    "SKIPPED: no corpus of real payloads here; set STACKHOUSE_CORPUS to a folder with *.otlp");
            return List.of();
        }
        List<Payload> payloads = new ArrayList<>();
        try (var files = Files.list(folder)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".otlp"))
                    .sorted()
                    .toList()) {
                addAll(payloads, file.getFileName().toString(), Files.readAllBytes(file));
            }
        }
        return payloads;
    }

    /** A file holds one bare message, or several behind 4-byte big-endian lengths (first byte 0: no field has number 0). */
    private static void addAll(List<Payload> payloads, String name, byte[] content) {
        if (content.length < 4 || content[0] != 0) {
            payloads.add(new Payload(name, content));
            return;
        }
        int position = 0;
        for (int i = 0; position < content.length; i++) {
            int length = ByteBuffer.wrap(content, position, 4).getInt();
            position += 4;
            payloads.add(new Payload(name + "#" + i, Arrays.copyOfRange(content, position, position + length)));
            position += length;
        }
    }

    private static Path folder() {
        String named = System.getenv("STACKHOUSE_CORPUS");
        if (named != null) {
            return Path.of(named);
        }
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path candidate = at.resolve("shared").resolve("corpus");
            if (Files.isDirectory(candidate)) {
                return candidate;
            }
        }
        return null;
    }
}
