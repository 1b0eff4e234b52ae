package io.stackhouse.collector;

import io.stackhouse.collector.config.CollectorConfig;
import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.ExporterFactory;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What exporters write to, for those who make it themselves. */
@Command(
        name = "schema",
        description = "Shows what exporters write to.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = SchemaCommand.Print.class)
final class SchemaCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                Objects.requireNonNull(spec).commandLine(), "a command is missing: print");
    }

    @Command(
            name = "print",
            description = {
                "Prints the statements that make the database and tables of an exporter, with its names and times to live.",
                "Nothing is connected to. A collector with create_schema: false takes what they have made."
            },
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  collector schema print --config central.yaml | clickhouse-client --multiquery")
    static final class Print implements Callable<Integer> {
        @CommandLine.Mixin
        private final ConfigOption config = new ConfigOption();

        @Option(
                names = "--exporter",
                paramLabel = "ID",
                description = "Which exporter, as the configuration names it; needed when several have tables.")
        private @Nullable String exporter;

        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() {
            CommandLine commandLine = Objects.requireNonNull(spec).commandLine();
            CollectorConfig loaded = config.load(commandLine.getErr());
            if (loaded == null) {
                return 1;
            }
            PrintWriter out = commandLine.getOut();
            one(schemas(loaded)).forEach(statement -> out.print(statement + ";\n\n"));
            out.flush();
            return 0;
        }

        private static Map<ComponentId, List<String>> schemas(CollectorConfig loaded) {
            Map<ComponentId, List<String>> schemas = new TreeMap<>(Comparator.comparing(ComponentId::toString));
            loaded.exporters().forEach((id, configured) -> {
                List<String> schema = schema(configured.factory(), configured.settings());
                if (!schema.isEmpty()) {
                    schemas.put(id, schema);
                }
            });
            return schemas;
        }

        @SuppressWarnings("unchecked") // settings are of the factory's own class
        private static <C extends Record> List<String> schema(ExporterFactory<C> factory, Record settings) {
            return factory.schema((C) settings);
        }

        private List<String> one(Map<ComponentId, List<String>> schemas) {
            CommandLine commandLine = Objects.requireNonNull(spec).commandLine();
            String wanted = exporter;
            if (wanted != null) {
                List<String> schema = schemas.get(ComponentId.parse(wanted));
                if (schema == null) {
                    throw new CommandLine.ParameterException(
                            commandLine,
                            "--exporter " + wanted + ": no such exporter with tables; there is " + schemas.keySet());
                }
                return schema;
            }
            if (schemas.size() != 1) {
                throw new CommandLine.ParameterException(
                        commandLine,
                        schemas.isEmpty()
                                ? "no exporter of this configuration has tables"
                                : "several exporters have tables, name one with --exporter: " + schemas.keySet());
            }
            return new ArrayList<>(schemas.values()).get(0);
        }
    }
}
