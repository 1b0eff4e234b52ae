package io.stackhouse.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The three programs of {@code up} as commands: the launcher's own commands, each in a session of its own (so that Ctrl-C
 * reaches us alone and they end in order) and with no more privileges than it needs.
 */
record Parts(ChildSpec clickHouse, ChildSpec collector, ChildSpec agent, RunAs user) {

    private static final Pattern COLLECTOR_READY = Pattern.compile("\\b[Rr]eady\\b");
    private static final Pattern AGENT_READY = Pattern.compile("\\b[Rr]eady\\b|Sampling every process");
    private static final Pattern CLICKHOUSE_READY = Pattern.compile("^ready http");

    private static final Duration CLICKHOUSE_STOP = Duration.ofSeconds(10);
    private static final Duration COLLECTOR_STOP = Duration.ofSeconds(10);
    private static final Duration AGENT_STOP = Duration.ofSeconds(5);

    /** Makes the data folder and finds out what stands between the parts' user and the files they need. */
    static Parts prepare(UpOptions options, Path home, Screen screen) throws IOException {
        RunAs user = RunAs.choose(System.getenv());
        Path data = DataFolder.prepare(options.data(), user);
        Path java = Path.of(System.getProperty("java.home")).toRealPath();
        MountNamespace namespace = MountNamespace.of(user, List.of(home, data, java));
        if (namespace.isNeeded()) {
            screen.line(namespace.covers() + " is closed to " + user.name()
                    + ": the parts get a mount namespace in which only what they need is below it");
        }
        requireReadable(user, namespace, home, java);
        List<String> capabilities = agentCapabilities(screen);
        Launch launch = new Launch(home, data, java, user, namespace);
        return new Parts(
                launch.part(
                        "clickhouse", List.of(), clickHouseArguments(options, data), CLICKHOUSE_READY, CLICKHOUSE_STOP),
                launch.part("collector", List.of(), collectorArguments(home), COLLECTOR_READY, COLLECTOR_STOP)
                        .with(collectorEnvironment(options, data)),
                launch.part("agent", capabilities, agentArguments(options), AGENT_READY, AGENT_STOP),
                user);
    }

    private static List<String> clickHouseArguments(UpOptions options, Path data) {
        return List.of(
                "--data",
                data.toString(),
                "--http-port",
                Integer.toString(options.ports().http()),
                "--tcp-port",
                Integer.toString(options.ports().tcp()),
                "--exit-with-stdin");
    }

    private static List<String> collectorArguments(Path home) {
        Path config = home.resolve("collector-config/src/main/dist/quickstart.yaml");
        return List.of("run", "--config", config.toString(), "--exit-with-stdin");
    }

    private static Map<String, String> collectorEnvironment(UpOptions options, Path data) {
        UpOptions.Ports ports = options.ports();
        return Map.of(
                "STACKHOUSE_CLICKHOUSE_ENDPOINT", "http://127.0.0.1:" + ports.http(),
                "STACKHOUSE_OTLP_GRPC_PORT", Integer.toString(ports.otlpGrpc()),
                "STACKHOUSE_OTLP_HTTP_PORT", Integer.toString(ports.otlpHttp()),
                "STACKHOUSE_METRICS_PORT", Integer.toString(ports.collectorMetrics()),
                "STACKHOUSE_DATA", data.toString());
    }

    private static List<String> agentArguments(UpOptions options) {
        return List.of(
                "--endpoint",
                "http://127.0.0.1:" + options.ports().otlpGrpc(),
                "--frequency",
                Integer.toString(options.samplesPerSecond()),
                "--interval",
                options.interval().toSeconds() + "s",
                "--metrics-listen",
                "127.0.0.1:" + options.ports().agentMetrics(),
                "--exit-with-stdin");
    }

    private static List<String> agentCapabilities(Screen screen) throws IOException {
        long own = Capabilities.ownMask();
        List<String> missing = Capabilities.missingForAgent(own);
        if (!missing.isEmpty()) {
            screen.line("root lacks " + missing
                    + " here, so the agent goes without: some processes or kernel names will be missing");
        }
        return Capabilities.forAgent(own, Capabilities.namesKnownToSetpriv());
    }

    private static void requireReadable(RunAs user, MountNamespace namespace, Path home, Path java) throws IOException {
        List<String> test = new ArrayList<>(
                List.of("sh", "-c", "for each; do [ -r \"$each\" ] || printf '%s\\n' \"$each\"; done", "sh"));
        test.add(home.resolve("stackhouse").toString());
        test.add(home.resolve("scripts/run.sh").toString());
        test.add(home.resolve("cli/target/lib").toString());
        test.add(home.resolve("clickhouse-embedded/node_modules/@chdb").toString());
        test.add(java.resolve("bin/java").toString());
        List<String> unreadable = MountNamespace.run(namespace.command(user.command(List.of(), test)))
                .lines()
                .toList();
        if (!unreadable.isEmpty()) {
            throw new CommandException(
                    ExitCodes.CANNOT_START,
                    "ClickHouse, collector and agent run as " + user.name() + ", who may not read " + unreadable
                            + ". Make the project readable: chmod -R go+rX " + home);
        }
    }

    private record Launch(Path home, Path data, Path java, RunAs user, MountNamespace namespace) {

        ChildSpec part(
                String name, List<String> capabilities, List<String> arguments, Pattern ready, Duration stopWithin) {
            List<String> program =
                    new ArrayList<>(List.of(home.resolve("stackhouse").toString(), name));
            program.addAll(arguments);
            List<String> command = new ArrayList<>(List.of("setsid"));
            command.addAll(namespace.command(user.command(capabilities, program)));
            Map<String, String> environment = Map.of("STACKHOUSE_NO_SETUP", "1", "JAVA_HOME", java.toString());
            return new ChildSpec(
                    name, command, environment, data.resolve("logs").resolve(name + ".log"), ready, stopWithin);
        }
    }
}
