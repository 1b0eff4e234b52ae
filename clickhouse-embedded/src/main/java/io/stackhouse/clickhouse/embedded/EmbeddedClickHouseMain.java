package io.stackhouse.clickhouse.embedded;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The program {@code ./stackhouse clickhouse}: ClickHouse's HTTP and native servers on loopback until SIGTERM, Ctrl-C or, with {@code --exit-with-stdin}, the end of its
 * standard input.
 *
 * <p>Exit codes: 0 after the end of the standard input, 1 when the server can't start or fails, 2 for wrong options, 130 and 143 after SIGINT and SIGTERM. All but a
 * failure are orderly ends of the engine.
 */
@Command(
        name = "stackhouse clickhouse",
        mixinStandardHelpOptions = true,
        version = "stackhouse clickhouse 0.1.0",
        sortOptions = false,
        description = "Runs ClickHouse on this machine's loopback address, with its data in a folder.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./stackhouse clickhouse --data ./data",
            "  ./stackhouse clickhouse --http-port 0 --tcp-port 0 --memory 1GiB",
            "  ./stackhouse sql 'SELECT version()'",
            "",
            "It prints one line when it is ready, 'ready http://127.0.0.1:8123 native 127.0.0.1:9000', and keeps",
            "DIR/clickhouse-endpoint while it answers. Anyone on this machine may connect: there is no password.",
            "Exit codes: 0 end of input, 1 it could not start or failed, 2 wrong options, 130 Ctrl-C, 143 SIGTERM."
        })
public final class EmbeddedClickHouseMain implements Callable<Integer> {

    private static final int MAX_PORT = 65_535;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "data",
            description = "Data folder; the engine's files go to DIR/clickhouse (default: ./${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            defaultValue = "8123",
            description = "Port of the HTTP interface, 0 for a free one (default: ${DEFAULT-VALUE}).")
    private int httpPort;

    @Option(
            names = "--tcp-port",
            paramLabel = "PORT",
            defaultValue = "9000",
            description = "Port of the native protocol, 0 for a free one (default: ${DEFAULT-VALUE}).")
    private int tcpPort;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            defaultValue = "2GiB",
            converter = ByteSizeConverter.class,
            description = "What the engine may use, e.g. 512MiB or 4GiB; queries that need more fail (default:"
                    + " ${DEFAULT-VALUE}).")
    private long memoryBytes;

    @Option(
            names = "--exit-with-stdin",
            description = "End when the standard input ends, so that no server outlives the program that started it.")
    private boolean exitWithStdin;

    /** Runs the server and ends the process. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new EmbeddedClickHouseMain())
                .setOverwrittenOptionsAllowed(true)
                .execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        checkPort("--http-port", httpPort);
        checkPort("--tcp-port", tcpPort);
        PrintWriter out = spec.commandLine().getOut();
        ServerOptions options =
                new ServerOptions(directory.toAbsolutePath().normalize(), httpPort, tcpPort, memoryBytes);
        try {
            new Server(options, exitWithStdin, out, () -> Runtime.getRuntime().halt(0)).run();
            return CommandLine.ExitCode.OK;
        } catch (ServerException e) {
            spec.commandLine().getErr().println("stackhouse clickhouse: " + e.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    private void checkPort(String option, int port) {
        if (port < 0 || port > MAX_PORT) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    option + " is " + port + "; it must be 0 to " + MAX_PORT + ", 0 for a free one");
        }
    }
}
