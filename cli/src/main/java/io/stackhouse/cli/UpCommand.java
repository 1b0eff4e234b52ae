package io.stackhouse.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Starts everything and shows the hottest functions until it is told to stop. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Profiles the whole machine: starts ClickHouse, collector and agent, and shows the hottest functions.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  sudo ./stackhouse up",
            "  sudo ./stackhouse up --for 60s",
            "  sudo ./stackhouse up --data /var/lib/stackhouse --frequency 19 --no-table",
            "",
            "Ctrl-C or SIGTERM stops all three. It needs root; ClickHouse and collector run as the user who called sudo, or",
            "as nobody, and the agent as that user too with five capabilities. Logs are in DIR/logs.",
            "Exit codes: 0 the time of --for is over, 1 a part failed, 2 wrong options, 3 this machine lacks something or a",
            "port is taken, 130 Ctrl-C, 143 SIGTERM."
        })
final class UpCommand implements Callable<Integer> {

    private static final int MAX_PORT = 65_535;
    private static final int MAX_FREQUENCY = 1000;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "End after this time, e.g. 30s or 10m (default: run until Ctrl-C).")
    private @Nullable Duration runFor;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "data",
            description = "Where the data are kept for the next start (default: ./${DEFAULT-VALUE}).")
    private Path data = Path.of("data");

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            defaultValue = "8123",
            description = "ClickHouse's HTTP interface (default: ${DEFAULT-VALUE}).")
    private int httpPort;

    @Option(
            names = "--tcp-port",
            paramLabel = "PORT",
            defaultValue = "9000",
            description = "ClickHouse's native protocol (default: ${DEFAULT-VALUE}).")
    private int tcpPort;

    @Option(
            names = "--otlp-port",
            paramLabel = "PORT",
            defaultValue = "4317",
            description = "The collector's OTLP/gRPC (default: ${DEFAULT-VALUE}).")
    private int otlpPort;

    @Option(
            names = "--otlp-http-port",
            paramLabel = "PORT",
            defaultValue = "4318",
            description = "The collector's OTLP/HTTP (default: ${DEFAULT-VALUE}).")
    private int otlpHttpPort;

    @Option(
            names = "--metrics-port",
            paramLabel = "PORT",
            defaultValue = "8888",
            description = "The collector's own metrics (default: ${DEFAULT-VALUE}).")
    private int metricsPort;

    @Option(
            names = "--agent-metrics-port",
            paramLabel = "PORT",
            defaultValue = "8889",
            description = "The agent's own metrics (default: ${DEFAULT-VALUE}).")
    private int agentMetricsPort;

    @Option(
            names = "--frequency",
            paramLabel = "HZ",
            defaultValue = "99",
            description = "Samples per second and CPU (default: ${DEFAULT-VALUE}).")
    private int frequency;

    @Option(
            names = "--interval",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = DurationConverter.class,
            description = "How often the agent sends (default: ${DEFAULT-VALUE}).")
    private Duration interval = Duration.ofSeconds(10);

    @Option(names = "--no-table", description = "Do not show the table while it runs; it is still printed at the end.")
    private boolean noTable;

    @Override
    public Integer call() throws Exception {
        checkRange("--http-port", httpPort, MAX_PORT);
        checkRange("--tcp-port", tcpPort, MAX_PORT);
        checkRange("--otlp-port", otlpPort, MAX_PORT);
        checkRange("--otlp-http-port", otlpHttpPort, MAX_PORT);
        checkRange("--metrics-port", metricsPort, MAX_PORT);
        checkRange("--agent-metrics-port", agentMetricsPort, MAX_PORT);
        checkRange("--frequency", frequency, MAX_FREQUENCY);
        UpOptions options = new UpOptions(
                runFor,
                data.toAbsolutePath().normalize(),
                new UpOptions.Ports(httpPort, tcpPort, otlpPort, otlpHttpPort, metricsPort, agentMetricsPort),
                frequency,
                interval,
                !noTable);
        Path home = Path.of(System.getProperty("stackhouse.home", "")).toRealPath();
        Preflight.check(options);
        Screen screen = Screen.ofLauncher(System.out);
        return new Up(options, Parts.prepare(options, home, screen), screen).run();
    }

    private void checkRange(String option, int value, int max) {
        if (value < 1 || value > max) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), option + " is " + value + "; it must be 1 to " + max);
        }
    }
}
