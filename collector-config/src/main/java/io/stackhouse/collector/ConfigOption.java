package io.stackhouse.collector;

import io.stackhouse.collector.config.CollectorConfig;
import io.stackhouse.collector.config.ConfigLoader;
import io.stackhouse.collector.config.ConfigSources;
import io.stackhouse.collector.config.Factories;
import io.stackhouse.pipeline.ConfigException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Which configuration a command works with. */
final class ConfigOption {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = {
                "The configuration, YAML of the OpenTelemetry Collector's shape. May be given several times: each file goes over those"
                        + " before it, maps are merged, lists and single values replaced.",
                "env:NAME is a variable that holds YAML."
            })
    private List<String> configs = new ArrayList<>();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "One setting over all files, such as exporters.clickhouse.endpoint=http://db:8123. May be given several times.")
    private List<String> settings = new ArrayList<>();

    /** One for all loads: a factory may keep what its components share over a reload. */
    private final Factories factories = Factories.load();

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    /** What the options name; throws for picocli when they name nothing. */
    ConfigSources sources() {
        if (configs.isEmpty()) {
            throw new CommandLine.ParameterException(
                    Objects.requireNonNull(spec).commandLine(),
                    "at least one config flag must be provided; write --config FILE");
        }
        return new ConfigSources(configs, settings);
    }

    /** Reads the configuration, which may have changed. */
    CollectorConfig load() {
        return new ConfigLoader(factories).load(sources(), System.getenv());
    }

    /** Reads the configuration; null when it is wrong, with all mistakes printed. */
    @Nullable
    CollectorConfig load(PrintWriter err) {
        try {
            return load();
        } catch (ConfigException e) {
            e.problems().forEach(err::println);
            err.flush();
            return null;
        }
    }
}
