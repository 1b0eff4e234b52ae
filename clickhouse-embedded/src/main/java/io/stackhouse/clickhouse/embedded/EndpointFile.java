package io.stackhouse.clickhouse.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * {@code clickhouse-endpoint} in the data folder: a properties file with {@code http.port}, {@code tcp.port} and {@code pid}, there while the server answers. A kill -9
 * leaves it behind; readers must expect that nobody answers.
 */
final class EndpointFile {

    private static final String NAME = "clickhouse-endpoint";

    private final Path directory;

    EndpointFile(Path directory) {
        this.directory = directory;
    }

    /** Appears whole or not at all. */
    void write(int httpPort, int tcpPort, long pid) throws IOException {
        Path unfinished = directory.resolve(NAME + ".tmp");
        Files.writeString(unfinished, "http.port=" + httpPort + "\ntcp.port=" + tcpPort + "\npid=" + pid + "\n");
        Files.move(unfinished, directory.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
    }

    void delete() {
        try {
            Files.deleteIfExists(directory.resolve(NAME));
        } catch (IOException e) {
            throw new UncheckedIOException("could not delete " + directory.resolve(NAME), e);
        }
    }
}
