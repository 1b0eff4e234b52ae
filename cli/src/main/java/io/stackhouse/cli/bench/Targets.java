package io.stackhouse.cli.bench;

import io.stackhouse.cli.Child;
import io.stackhouse.cli.ClickHouseHttp;
import io.stackhouse.cli.load.Requests;
import io.stackhouse.cli.load.Senders;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Starts what is measured. One thread; what was started is of {@link Programs}, and so is its end. */
final class Targets {

    private final BenchSettings settings;
    private final Programs programs;
    private final Requests requests;

    /** For processes that all get the same requests. */
    Targets(BenchSettings settings, Programs programs, Requests requests) {
        this.settings = settings;
        this.programs = programs;
        this.requests = requests;
    }

    /** A ClickHouse and how to reach it. */
    record Store(Child process, int port, ClickHouseHttp server) {}

    Store store() throws IOException, InterruptedException {
        int port = Programs.freePort();
        Path data = Files.createDirectories(settings.folder().resolve("clickhouse"));
        Child process = programs.clickHouse("clickhouse", data, port);
        return new Store(process, port, new ClickHouseHttp(URI.create("http://127.0.0.1:" + port)));
    }

    /** The server that does nothing with what it takes. */
    Target echo() throws IOException, InterruptedException {
        int port = Programs.freePort();
        Child child = programs.echo(port);
        return new Target("gRPC echo", child, null, null, 0, Senders.grpc(port), requests);
    }

    /**
     * A collector.
     *
     * @param store what it writes to, if to any
     */
    Target collector(Stage stage, @Nullable Store store) throws IOException, InterruptedException {
        Path folder = Files.createDirectories(settings.folder().resolve(stage.fileName()));
        Stage.Place place = new Stage.Place(
                Programs.freePort(),
                Programs.freePort(),
                Programs.freePort(),
                store == null ? 0 : store.port(),
                folder);
        Path config = Files.writeString(folder.resolve("collector.yaml"), stage.yaml(place));
        Child child = programs.collector("collector-" + stage.fileName(), config);
        return new Target(
                stage.title(),
                child,
                store == null ? null : store.process(),
                stage,
                place.metricsPort(),
                Senders.grpc(place.grpcPort()),
                requests);
    }
}
