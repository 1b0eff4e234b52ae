package io.stackhouse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EndpointOptionsTest {

    @TempDir
    private Path folder;

    @Test
    void takesTheNamedServerAloneAndWithoutItsLastSlash() throws IOException {
        writeEndpoint(folder.resolve("data"), "http.port=8199\n");
        assertThat(new EndpointOptions(URI.create("http://db:8123/"), null).candidates(folder))
                .containsExactly(URI.create("http://db:8123"));
    }

    @Test
    void asksTheNamedFolderAlone() throws IOException {
        Path data = folder.resolve("elsewhere");
        assertThat(new EndpointOptions(null, data).candidates(folder)).isEmpty();
        writeEndpoint(data, "http.port=8199\ntcp.port=9001\npid=1\n");
        assertThat(new EndpointOptions(null, data).candidates(folder))
                .containsExactly(URI.create("http://127.0.0.1:8199"));
    }

    @Test
    void looksInTheWorkingDirectorysDataFirstAndThenAtTheDefaultPort() throws IOException {
        assertThat(new EndpointOptions().candidates(folder)).containsExactly(EndpointOptions.DEFAULT_ENDPOINT);
        writeEndpoint(folder.resolve("data"), "http.port=8199\n");
        assertThat(new EndpointOptions().candidates(folder))
                .containsExactly(URI.create("http://127.0.0.1:8199"), EndpointOptions.DEFAULT_ENDPOINT);
    }

    @Test
    void saysWhichFileIsDamaged() throws IOException {
        writeEndpoint(folder.resolve("data"), "http.port=many\n");
        assertThatThrownBy(() -> new EndpointOptions().candidates(folder))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("can't read " + folder.resolve("data/clickhouse-endpoint"));
    }

    private static void writeEndpoint(Path data, String content) throws IOException {
        Files.writeString(Files.createDirectories(data).resolve("clickhouse-endpoint"), content);
    }
}
