package io.stackhouse.cli;

import io.stackhouse.cli.bench.BenchCommand;
import io.stackhouse.cli.load.EchoCommand;
import io.stackhouse.cli.load.LoadCommand;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The entry point of {@code ./stackhouse up}, {@code sql}, {@code top}, {@code flamegraph}, {@code load} and {@code bench}. */
@Command(
        name = "stackhouse",
        mixinStandardHelpOptions = true,
        version = "stackhouse 0.1.0",
        subcommands = {
            UpCommand.class,
            SqlCommand.class,
            TopCommand.class,
            FlamegraphCommand.class,
            BenchCommand.class,
            LoadCommand.class,
            EchoCommand.class
        },
        description = "Profiles every process on this machine and asks about it in SQL.")
public final class Main {

    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        line.setUsageHelpWidth(110);
        line.setExecutionExceptionHandler((exception, command, parsed) -> {
            if (exception instanceof CommandException failure) {
                command.getErr().println("stackhouse " + command.getCommandName() + ": " + failure.getMessage());
                return failure.exitCode();
            }
            if (exception instanceof IOException) {
                command.getErr().println("stackhouse " + command.getCommandName() + ": " + exception);
                return ExitCodes.FAILED;
            }
            throw exception;
        });
        return line;
    }
}
