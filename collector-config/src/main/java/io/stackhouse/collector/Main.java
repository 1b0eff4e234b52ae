package io.stackhouse.collector;

import io.stackhouse.collector.config.CollectorConfig;
import io.stackhouse.collector.config.Factories;
import io.stackhouse.collector.config.TelemetryConfig.LogLevel;
import io.stackhouse.collector.telemetry.LogSetup;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The collector's command line. Only this program may end the process. */
@Command(
        name = "collector",
        description = "Takes OTLP profiles and traces, and brings them where one YAML file says.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done; after 'run', all that was accepted was given on",
            "1:the configuration is wrong, or a part of it can't start",
            "2:wrong options",
            "130, 143:stopped by Ctrl-C or SIGTERM, after the same drain"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  collector validate --config quickstart.yaml",
            "  collector run --config quickstart.yaml",
            "  collector --config quickstart.yaml",
            "  collector components"
        },
        subcommands = {
            RunCommand.class,
            Main.Validate.class,
            Main.ListComponents.class,
            PrintConfigCommand.class,
            SchemaCommand.class
        })
public final class Main implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    private Main() {}

    public static void main(String[] arguments) {
        // Until a configuration says more, and so that other commands print nothing but what they are asked for.
        LogSetup.apply(LogLevel.WARN);
        System.exit(commandLine().execute(withCommand(arguments)));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main());
    }

    /** Without a command, a configuration is run, as by the OpenTelemetry Collector. */
    static String[] withCommand(String... arguments) {
        boolean isConfigFirst =
                arguments.length > 0 && (arguments[0].startsWith("--config") || arguments[0].startsWith("--set"));
        if (!isConfigFirst) {
            return arguments;
        }
        String[] whole = new String[arguments.length + 1];
        whole[0] = "run";
        System.arraycopy(arguments, 0, whole, 1, arguments.length);
        return whole;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(Objects.requireNonNull(spec).commandLine(), "a command is missing");
    }

    @Command(
            name = "validate",
            description = {
                "Checks a configuration and starts nothing.",
                "Prints one line per mistake, file:line:column: path: what is wrong; nothing when all is right."
            },
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  collector validate --config quickstart.yaml")
    static final class Validate implements Callable<Integer> {
        @CommandLine.Mixin
        private final ConfigOption config = new ConfigOption();

        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() {
            PrintWriter err = Objects.requireNonNull(spec).commandLine().getErr();
            CollectorConfig loaded = config.load(err);
            if (loaded == null) {
                return 1;
            }
            loaded.warnings().forEach(warning -> err.println("warning: " + warning));
            err.flush();
            return 0;
        }
    }

    @Command(
            name = "components",
            description = "Lists the components that a configuration can name, as YAML.",
            mixinStandardHelpOptions = true)
    static final class ListComponents implements Callable<Integer> {
        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() {
            PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
            new ComponentList(Factories.load()).print(out);
            out.flush();
            return 0;
        }
    }
}
