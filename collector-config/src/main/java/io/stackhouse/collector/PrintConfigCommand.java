package io.stackhouse.collector;

import io.stackhouse.collector.config.CollectorConfig;
import io.stackhouse.collector.config.ConfigTree;
import io.stackhouse.collector.yaml.TreeWriter;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints a configuration as it takes effect. */
@Command(
        name = "print-config",
        aliases = "print-initial-config",
        description = {
            "Prints the configuration as it takes effect: all files and --set merged, variables put in, defaults filled in.",
            "Secrets are shown as [REDACTED], always."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExample:%n",
        footer = "  collector print-config --config quickstart.yaml --set service.telemetry.logs.level=debug")
final class PrintConfigCommand implements Callable<Integer> {
    /** What is shown. */
    enum Mode {
        redacted
    }

    /** How it is written. */
    enum Format {
        yaml,
        json
    }

    @CommandLine.Mixin
    private final ConfigOption config = new ConfigOption();

    @Option(
            names = "--format",
            paramLabel = "yaml|json",
            description = "How it is written: yaml (the default) or json.")
    private Format format = Format.yaml;

    @Spec
    private @Nullable CommandSpec spec;

    /** There is one mode; picocli refuses others. */
    @Option(
            names = "--mode",
            paramLabel = "redacted",
            description = "Whether secrets are shown: never, redacted is all there is.")
    void setMode(Mode unused) {}

    @Override
    public Integer call() {
        CommandLine commandLine = Objects.requireNonNull(spec).commandLine();
        PrintWriter err = commandLine.getErr();
        CollectorConfig loaded = config.load(err);
        if (loaded == null) {
            return 1;
        }
        loaded.warnings().forEach(warning -> err.println("warning: " + warning));
        err.flush();
        Map<String, Object> tree = ConfigTree.tree(loaded);
        PrintWriter out = commandLine.getOut();
        out.print(format == Format.yaml ? TreeWriter.yaml(tree) : TreeWriter.json(tree));
        out.flush();
        return 0;
    }
}
