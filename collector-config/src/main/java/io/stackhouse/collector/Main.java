package io.stackhouse.collector;

import io.stackhouse.collector.config.CollectorConfig;
import io.stackhouse.collector.config.ConfigLoader;
import io.stackhouse.collector.config.Factories;
import io.stackhouse.collector.config.TelemetryConfig.LogLevel;
import io.stackhouse.collector.telemetry.LogSetup;
import io.stackhouse.pipeline.ConfigException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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
            "  collector components"
        },
        subcommands = {RunCommand.class, Main.Validate.class, Main.ListComponents.class})
public final class Main implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    private Main() {}

    public static void main(String[] arguments) {
        // Until a configuration says more, and so that other commands print nothing but what they are asked for.
        LogSetup.apply(LogLevel.WARN);
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main());
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(Objects.requireNonNull(spec).commandLine(), "a command is missing");
    }

    /** The file to work with. */
    static final class ConfigOption {
        @Option(
                names = "--config",
                required = true,
                paramLabel = "FILE",
                description = "The configuration, YAML of the OpenTelemetry Collector's shape.")
        private @Nullable Path file;

        /** Reads the file; null when it is wrong, with all mistakes printed. */
        @Nullable
        CollectorConfig load(PrintWriter err) {
            Path given = file;
            if (given == null) {
                throw new IllegalStateException("--config is required");
            }
            try {
                return new ConfigLoader(Factories.load()).load(given, System.getenv());
            } catch (ConfigException e) {
                e.problems().forEach(err::println);
                err.flush();
                return null;
            }
        }
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
