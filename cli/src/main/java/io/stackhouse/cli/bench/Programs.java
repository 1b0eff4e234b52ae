package io.stackhouse.cli.bench;

import io.stackhouse.cli.Child;
import io.stackhouse.cli.ChildSpec;
import io.stackhouse.cli.CommandException;
import io.stackhouse.cli.ExitCodes;
import io.stackhouse.cli.FileOwner;
import io.stackhouse.cli.Supervisor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Starts the project's programs as the launcher does, from {@code target/}, as children that end with this process. Any thread; {@link #close} stops all that were started by it.
 */
final class Programs implements AutoCloseable {

    static final Pattern COLLECTOR_READY = Pattern.compile("collector is ready");
    static final Pattern CLICKHOUSE_READY = Pattern.compile("^ready http");
    static final Pattern AGENT_READY = Pattern.compile("Sampling every process");
    static final Pattern ECHO_READY = Pattern.compile("^ready on port");

    private static final Duration READY_WITHIN = Duration.ofSeconds(90);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(10);
    private static final String HEAP = "-Xmx256m";

    private final Path home;
    private final Path logs;
    private Supervisor supervisor = new Supervisor(FileOwner.UNCHANGED);
    private boolean isClosed;

    Programs(BenchSettings settings) throws IOException {
        this.home = settings.home();
        this.logs = Files.createDirectories(settings.results().resolve("logs"));
    }

    /** A collector with the distribution's options and a heap of 256 MB at most. */
    Child collector(String name, Path config) throws IOException, InterruptedException {
        List<String> command = java("collector-config", List.of(HEAP));
        command.addAll(
                List.of("io.stackhouse.collector.Main", "run", "--config", config.toString(), "--exit-with-stdin"));
        return start(name, command, COLLECTOR_READY);
    }

    /** The embedded ClickHouse; its data lie in the folder. */
    Child clickHouse(String name, Path data, int httpPort) throws IOException, InterruptedException {
        List<String> command = java("clickhouse-embedded", List.of("-Dstackhouse.libchdb=" + library()));
        command.addAll(List.of(
                "io.stackhouse.clickhouse.embedded.EmbeddedClickHouseMain",
                "--data",
                data.toString(),
                "--http-port",
                Integer.toString(httpPort),
                "--tcp-port",
                "0",
                "--memory",
                "4GiB",
                "--exit-with-stdin"));
        return start(name, command, CLICKHOUSE_READY);
    }

    /** Whether the library of ClickHouse was set up. */
    boolean hasClickHouse() {
        return Files.isReadable(library());
    }

    private Path library() {
        String machine = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "x64";
        return home.resolve("clickhouse-embedded/node_modules/@chdb/lib-linux-" + machine + "-gnu/libchdb.so");
    }

    /** The agent, which needs root. */
    Child agent(String name, int frequency, int otlpPort, int metricsPort) throws IOException, InterruptedException {
        List<String> command = java("bpf-agent", List.of());
        command.addAll(List.of(
                "io.stackhouse.agent.AgentMain",
                "--endpoint",
                "http://127.0.0.1:" + otlpPort,
                "--frequency",
                Integer.toString(frequency),
                "--interval",
                "1s",
                "--metrics-listen",
                "127.0.0.1:" + metricsPort,
                "--exit-with-stdin"));
        return start(name, command, AGENT_READY);
    }

    /** A flame graph of what ClickHouse has of a service. */
    void flameGraph(String service, int clickHousePort, Path file) throws IOException, InterruptedException {
        List<String> command = java("cli", List.of());
        command.addAll(List.of(
                "io.stackhouse.cli.Main",
                "flamegraph",
                "--endpoint",
                "http://127.0.0.1:" + clickHousePort,
                "--service",
                service,
                "--out",
                file.toString()));
        Path log = logs.resolve("flamegraph.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        process.getOutputStream().close();
        if (process.waitFor() != 0) {
            throw new IOException("no flame graph of " + service + ": "
                    + Files.readString(log).strip());
        }
    }

    /** A server that does nothing with what it takes, in a JVM like a collector's. */
    Child echo(int port) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(java("collector-config", List.of(HEAP, "-Dslf4j.internal.verbosity=ERROR")));
        command.set(command.size() - 1, System.getProperty("java.class.path"));
        command.addAll(List.of("io.stackhouse.cli.Main", "echo", "--port", Integer.toString(port)));
        return start("echo", command, ECHO_READY);
    }

    /** Starts a program and waits for the line that says that it serves. */
    Child start(String name, List<String> command, Pattern ready) throws IOException, InterruptedException {
        return current()
                .start(
                        new ChildSpec(
                                name,
                                command,
                                Map.of("OTEL_SERVICE_NAME", name),
                                logs.resolve(name + ".log"),
                                ready,
                                STOP_WITHIN),
                        READY_WITHIN);
    }

    /** Fails when one of them has ended by itself. */
    void requireAlive() {
        Child ended = current().firstEnd().getNow(null);
        if (ended != null) {
            throw new CommandException(ExitCodes.FAILED, ended.endMessage());
        }
    }

    /** Stops all that run; others may be started after it. */
    void stopAll() {
        current().close();
        synchronized (this) {
            if (!isClosed) {
                supervisor = new Supervisor(FileOwner.UNCHANGED);
            }
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            isClosed = true;
        }
        current().close();
    }

    private synchronized Supervisor current() {
        return supervisor;
    }

    /** Java with a module's options, more options, and its class path. */
    List<String> java(String module, List<String> more) throws IOException {
        Path folder = home.resolve(module);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String line : Files.readAllLines(folder.resolve("src/main/dist/jvm.options"))) {
            if (!line.isBlank() && !line.startsWith("#")) {
                command.add(line.strip());
            }
        }
        if (Runtime.version().feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(more);
        command.add("-Dstackhouse.home=" + home);
        command.add("-cp");
        command.add(jar(folder.resolve("target"), module) + ":" + folder.resolve("target/lib") + "/*");
        return command;
    }

    private static Path jar(Path target, String module) throws IOException {
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(file -> {
                        String name = file.getFileName().toString();
                        return name.startsWith(module + "-") && name.endsWith(".jar") && !name.contains("-tests");
                    })
                    .findFirst()
                    .orElseThrow(() -> new CommandException(
                            ExitCodes.CANNOT_START, module + " is not built; run ./stackhouse setup"));
        }
    }

    /** A port that nobody has at the moment. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
