package io.stackhouse.cli.load;

import io.stackhouse.cli.ExitCodes;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The yardstick of {@code bench}: takes profiles over gRPC and does nothing with them. */
@Command(
        name = "echo",
        hidden = true,
        mixinStandardHelpOptions = true,
        description =
                "Takes profiles over gRPC on loopback, answers at once, and forgets them; ends with its standard input.")
public final class EchoCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Option(names = "--port", paramLabel = "PORT", defaultValue = "0", description = "0 takes a free one.")
    private int port;

    @Override
    public Integer call() throws IOException {
        try (EchoServer server = EchoServer.start(port)) {
            spec.commandLine().getOut().println("ready on port " + server.port());
            spec.commandLine().getOut().flush();
            while (System.in.read() >= 0) {
                // What comes has no meaning; its end has.
            }
            return ExitCodes.OK;
        }
    }
}
