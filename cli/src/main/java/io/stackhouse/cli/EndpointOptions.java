package io.stackhouse.cli;

import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where to ask: what {@code sql} and {@code top} have in common. */
final class EndpointOptions {

    static final URI DEFAULT_ENDPOINT = URI.create("http://127.0.0.1:8123");

    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            description =
                    "ClickHouse's HTTP interface, e.g. http://127.0.0.1:8123. User and password, if any, come from"
                            + " CLICKHOUSE_USER and CLICKHOUSE_PASSWORD.")
    private @Nullable URI endpoint;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Data folder of the ClickHouse to ask. Without it and --endpoint: the one of ./data, else"
                    + " http://127.0.0.1:8123.")
    private @Nullable Path data;

    EndpointOptions() {}

    EndpointOptions(@Nullable URI endpoint, @Nullable Path data) {
        this.endpoint = endpoint;
        this.data = data;
    }

    /** The first of the places to look at where a ClickHouse answers. */
    ClickHouseHttp connect() {
        List<URI> candidates = candidates(Path.of(""));
        for (URI candidate : candidates) {
            ClickHouseHttp server = new ClickHouseHttp(candidate);
            if (server.isReachable()) {
                return server;
            }
        }
        throw new CommandException(ExitCodes.NOTHING_RUNNING, nothingRunning(candidates));
    }

    /** Where to look, in this order; empty when the folder named has no running ClickHouse. */
    List<URI> candidates(Path workingDirectory) {
        if (endpoint != null) {
            return List.of(withoutSlash(endpoint));
        }
        List<URI> candidates = new ArrayList<>();
        URI written = readEndpointFile(data != null ? data : workingDirectory.resolve("data"));
        if (written != null) {
            candidates.add(written);
        }
        if (data == null) {
            candidates.add(DEFAULT_ENDPOINT);
        }
        return candidates;
    }

    private String nothingRunning(List<URI> candidates) {
        String where = candidates.isEmpty() ? "for the data folder " + data : "at " + candidates.get(0);
        return "no ClickHouse answers " + where
                + ". Start everything with: sudo ./stackhouse up, or ClickHouse alone with: ./stackhouse clickhouse --data "
                + (data == null ? "DIR" : data) + "; or name a server with --endpoint.";
    }

    private static @Nullable URI readEndpointFile(Path folder) {
        Path file = folder.resolve("clickhouse-endpoint");
        if (!Files.isReadable(file)) {
            return null;
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
            return URI.create("http://127.0.0.1:" + Integer.parseInt(properties.getProperty("http.port", "")));
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandException(
                    ExitCodes.FAILED, "can't read " + file + ": " + e + ". Delete it and start ClickHouse again.");
        }
    }

    private static URI withoutSlash(URI uri) {
        String text = uri.toString();
        return text.endsWith("/") ? URI.create(text.substring(0, text.length() - 1)) : uri;
    }
}
