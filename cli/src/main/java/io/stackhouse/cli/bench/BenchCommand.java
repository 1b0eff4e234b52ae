package io.stackhouse.cli.bench;

import io.stackhouse.cli.ChildFailedException;
import io.stackhouse.cli.CommandException;
import io.stackhouse.cli.DurationConverter;
import io.stackhouse.cli.ExitCodes;
import io.stackhouse.cli.bench.BenchSettings.Part;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures how fast the parts are on this machine and prints one table. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Measures how fast the parts are on this machine, each figure beside a yardstick of the same run.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  sudo ./stackhouse bench",
            "  ./stackhouse bench --only pipeline --json figures.json",
            "  ./stackhouse bench --json - | tail -n 1 | jq .figures",
            "  ./stackhouse bench --only soak --soak 20m",
            "",
            "Progress goes to the standard error, the table to the standard output. Everything listens on loopback and is",
            "removed at the end but what it says it has kept. Exit codes: 0 measured, and nothing was lost or came twice;",
            "1 a part failed, or something was; 2 wrong options; 3 this machine lacks something."
        })
public final class BenchCommand implements Callable<Integer> {

    private static final String STANDARD_OUTPUT = "-";
    private static final int MAX_ROUNDS = 100;
    private static final Duration LEAST_SOAK = Duration.ofMinutes(2);

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Option(
            names = "--only",
            paramLabel = "PART",
            split = ",",
            description = "Only these: pipeline, store, agent, soak (default: all but soak, which --full adds).")
    private List<String> only = List.of();

    @Option(
            names = "--full",
            description =
                    "Also the long runs: 10 and 50 million samples, a minute for each figure of the agent, the soak.")
    private boolean full;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write the figures as one JSON object too; - for the last line of the standard output.")
    private @Nullable String json;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "How often each figure is measured (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--measure",
            paramLabel = "TIME",
            defaultValue = "3s",
            converter = DurationConverter.class,
            description = "How long a measurement has full load (default: ${DEFAULT-VALUE}).")
    private Duration measure = Duration.ofSeconds(3);

    @Option(
            names = "--warm-up",
            paramLabel = "TIME",
            defaultValue = "8s",
            converter = DurationConverter.class,
            description = "How long each process has full load before (default: ${DEFAULT-VALUE}).")
    private Duration warmUp = Duration.ofSeconds(8);

    @Option(
            names = "--soak",
            paramLabel = "TIME",
            defaultValue = "1h",
            converter = DurationConverter.class,
            description = "How long the soak is, at least 2m (default: ${DEFAULT-VALUE}).")
    private Duration soak = Duration.ofHours(1);

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of the load (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--folder",
            paramLabel = "DIR",
            defaultValue = "data",
            description =
                    "Where it works, in a new folder that it removes, and keeps what it keeps, in bench/. Its disk is the"
                            + " one measured (default: ./${DEFAULT-VALUE}).")
    private Path folder = Path.of("data");

    @Override
    public Integer call() throws IOException, InterruptedException {
        EnumSet<Part> parts = parts();
        if (rounds < 1 || rounds > MAX_ROUNDS) {
            throw wrong("--rounds is " + rounds + "; it must be 1 to " + MAX_ROUNDS);
        }
        if (soak.compareTo(LEAST_SOAK) < 0) {
            throw wrong("--soak is " + soak.toSeconds() + " s; it must be 2m or more");
        }
        Path base = Files.createDirectories(folder.toAbsolutePath().normalize());
        Path home = Path.of(System.getProperty("stackhouse.home", "")).toRealPath();
        try (WorkFolder work = WorkFolder.in(base)) {
            BenchSettings settings = new BenchSettings(
                    parts,
                    full,
                    rounds,
                    (int) warmUp.toSeconds(),
                    (int) measure.toSeconds(),
                    (int) soak.toSeconds(),
                    seed,
                    home,
                    work.path(),
                    base.resolve("bench"));
            return measure(settings, work);
        }
    }

    private int measure(BenchSettings settings, WorkFolder work) throws IOException, InterruptedException {
        Map<String, String> machine = Machine.describe(settings.folder());
        Progress progress = new Progress(spec.commandLine().getErr());
        machine.forEach((name, value) -> progress.say(name + ": " + value));
        try (Programs programs = new Programs(settings)) {
            Runtime.getRuntime().addShutdownHook(new Thread(stop(programs, work), "bench-stop"));
            Results results;
            try {
                results = new Bench(settings, progress).run(programs);
            } catch (ChildFailedException e) {
                throw new CommandException(ExitCodes.FAILED, String.valueOf(e.getMessage()));
            }
            print(results, machine);
            return results.isGood() ? ExitCodes.OK : ExitCodes.FAILED;
        }
    }

    /** A signal ends the children and removes the folder too. */
    private static Runnable stop(Programs programs, WorkFolder work) {
        return () -> {
            programs.close();
            work.close();
        };
    }

    private void print(Results results, Map<String, String> machine) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        machine.forEach((name, value) -> out.println(name + ": " + value));
        results.settings().forEach((name, value) -> out.println(name + ": " + value));
        ResultTable.render(results).forEach(out::println);
        String text = ResultJson.render(results, machine);
        if (STANDARD_OUTPUT.equals(json)) {
            out.println(text);
        } else if (json != null) {
            Files.writeString(Path.of(json), text + "\n");
        }
        out.flush();
    }

    private EnumSet<Part> parts() {
        EnumSet<Part> parts = EnumSet.noneOf(Part.class);
        for (String name : only) {
            switch (name) {
                case "pipeline" -> parts.add(Part.PIPELINE);
                case "store" -> parts.add(Part.STORE);
                case "agent" -> parts.add(Part.AGENT);
                case "soak" -> parts.add(Part.SOAK);
                default -> throw wrong("--only names '" + name + "'; there are pipeline, store, agent and soak");
            }
        }
        if (!parts.isEmpty()) {
            return parts;
        }
        return full ? EnumSet.allOf(Part.class) : EnumSet.complementOf(EnumSet.of(Part.SOAK));
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
