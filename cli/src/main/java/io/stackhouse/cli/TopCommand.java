package io.stackhouse.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints the hottest functions once, or again and again. */
@Command(
        name = "top",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Shows the functions with the most CPU time of their own.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./stackhouse top",
            "  ./stackhouse top --last 10m --service checkout --limit 40",
            "  ./stackhouse top --watch",
            "",
            "Shares are of the CPU time that was sampled in that time, of all services or the one named. Exit codes: 0",
            "shown, 1 ClickHouse failed, 2 wrong options, 4 no ClickHouse is running."
        })
final class TopCommand implements Callable<Integer> {

    private static final int WATCH_SECONDS = 5;
    private static final int MAX_LIMIT = 10_000;

    @Mixin
    private EndpointOptions endpointOptions = new EndpointOptions();

    @Option(
            names = "--last",
            paramLabel = "TIME",
            defaultValue = "60s",
            converter = DurationConverter.class,
            description = "How far back to look, e.g. 30s, 10m, 2h (default: ${DEFAULT-VALUE}).")
    private Duration last = Duration.ofSeconds(60);

    @Option(names = "--service", paramLabel = "NAME", defaultValue = "", description = "Only this service.")
    private String service = "";

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "20",
            description = "At most so many functions (default: ${DEFAULT-VALUE}).")
    private int limit;

    @Option(names = "--watch", description = "Go on, renewed every 5 s, until Ctrl-C.")
    private boolean watch;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new CommandException(2, "--limit is " + limit + "; it must be 1 to " + MAX_LIMIT);
        }
        Screen screen = Screen.ofLauncher(System.out);
        HotFunctions functions = new HotFunctions(endpointOptions.connect());
        show(functions, screen);
        while (watch) {
            TimeUnit.SECONDS.sleep(WATCH_SECONDS);
            show(functions, screen);
        }
        return ExitCodes.OK;
    }

    private void show(HotFunctions functions, Screen screen) throws IOException {
        try {
            List<HotFunction> read = functions.read(last, service, limit);
            if (read.isEmpty()) {
                screen.block(List.of("no CPU samples in the last " + last.toSeconds() + " s"
                        + (service.isEmpty() ? "" : " of service " + service) + "; the agent sends every 10 s"));
            } else {
                screen.block(new ArrayList<>(HotTable.render(read, screen.columns())));
            }
        } catch (QueryException e) {
            throw new CommandException(ExitCodes.FAILED, String.valueOf(e.getMessage()));
        }
    }
}
