package io.stackhouse.it;

import io.stackhouse.it.LedgerExporterFactory.Settling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** A real collector with a journal on disk before a {@link LedgerExporterFactory ledger}, as a process of its own. */
final class CollectorProcess implements AutoCloseable {
    private static final String YAML = """
            receivers:
              otlp:
                protocols:
                  grpc: {endpoint: "127.0.0.1:%d"}
                  http: {endpoint: "127.0.0.1:%d"}
            exporters:
              ledger: {file: "%s", settling: %s}
            service:
              telemetry: {metrics: {level: none}}
              journal: {directory: "%s", max_size: 16MiB, max_disk_size: 4GiB}
              pipelines:
                traces: {receivers: [otlp], exporters: [ledger]}
            """;
    private static final String READY = "collector is ready";

    private final Process process;
    private final Path log;

    private CollectorProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Where a process has its files: {@code journal/} and what is named after its life. */
    record Place(Path folder, int grpcPort, int httpPort, Settling settling, String jitOption) {
        /** Compiles quickly, for a process that doesn't live long. */
        static final String QUICK_JIT = "-XX:TieredStopAtLevel=1";

        static final String FULL_JIT = "-XX:+TieredCompilation";

        Path journal() {
            return folder.resolve("journal");
        }

        Path ledger(int life) {
            return folder.resolve("ledger-" + life);
        }
    }

    static CollectorProcess start(Place place, int life) throws IOException {
        String yaml = YAML.formatted(
                place.grpcPort(),
                place.httpPort(),
                place.ledger(life),
                place.settling().name().toLowerCase(Locale.ROOT),
                place.journal());
        return start(place.folder(), yaml, place.jitOption(), life);
    }

    /** Starts one with any configuration; it and the log lie in the folder. */
    static CollectorProcess start(Path folder, String yaml, String jitOption, int life) throws IOException {
        Path config = Files.writeString(folder.resolve("collector.yaml"), yaml);
        Path log = folder.resolve("collector-" + life + ".log");
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        jitOption,
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.stackhouse.collector.Main",
                        "run",
                        "--config",
                        config.toString(),
                        "--exit-with-stdin"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new CollectorProcess(process, log);
    }

    /** Waits for its ports at most so long; says whether they are open. Fails when it ended by itself. */
    boolean awaitReady(long patienceNanos) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + patienceNanos;
        while (System.nanoTime() < deadline) {
            if (Files.readString(log).contains(READY)) {
                return true;
            }
            if (process.waitFor(10, TimeUnit.MILLISECONDS)) {
                throw new AssertionError("the collector ended by itself: " + Files.readString(log));
            }
        }
        return false;
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Makes sure that it is gone. */
    void closeAnyhow() {
        process.destroyForcibly();
    }

    String output() throws IOException {
        return Files.readString(log);
    }

    /** Lets it end with its standard input, as it should. */
    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError("it did not end with its standard input: " + output());
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
