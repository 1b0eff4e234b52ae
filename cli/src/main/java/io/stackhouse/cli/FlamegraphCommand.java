package io.stackhouse.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes a flame graph as one page that needs nothing else. */
@Command(
        name = "flamegraph",
        sortOptions = false,
        description =
                "Writes a flame graph of a service, of what changed, of a trace, or of slow requests, as one self-contained page.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./stackhouse flamegraph --service checkout --out checkout.html",
            "  ./stackhouse flamegraph --service checkout --version 1.8 --diff 1.7 --last 24h --out diff.html",
            "  ./stackhouse flamegraph --service checkout --from '2026-01-31 09:00:00' --to '2026-01-31 10:00:00' \\",
            "      --diff '2026-01-31 08:00:00..2026-01-31 09:00:00' --out diff.html",
            "  ./stackhouse flamegraph --trace 0af7651916cd43dd8448eb211c80319c --out trace.html",
            "  ./stackhouse flamegraph --service checkout --request 'POST /orders' --slowest 1%% --out slow.html",
            "",
            "In a difference red has grown and blue has shrunk, as shares of each side's own sum. Exit codes: 0 written, 1",
            "ClickHouse failed or there is nothing to show, 2 wrong options, 4 no ClickHouse is running."
        })
final class FlamegraphCommand implements Callable<Integer> {
    private static final Pattern FRAME_END = Pattern.compile("\u0001");
    private static final int COLUMNS = 3;

    @Mixin
    private EndpointOptions endpointOptions = new EndpointOptions();

    @Mixin
    private FlamegraphOptions options = new FlamegraphOptions();

    // Not the standard options: --version is a service's here.
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help message and exit.")
    private boolean unusedHelp;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "The page to write.")
    private @Nullable Path out;

    @Override
    public Integer call() throws IOException {
        FlamegraphOptions.Question question = options.question(Instant.now());
        FlameTree tree = read(endpointOptions.connect(), question);
        if (tree.isEmpty()) {
            throw new CommandException(ExitCodes.FAILED, "no samples of " + question.title() + ", " + question.what());
        }
        Map<String, String> heading = new LinkedHashMap<>();
        heading.put("title", question.title());
        heading.put("what", question.what());
        heading.put("unit", question.unit());
        Files.writeString(Objects.requireNonNull(out), page(tree.json(heading, question.isDifference())));
        return ExitCodes.OK;
    }

    private static FlameTree read(ClickHouseHttp server, FlamegraphOptions.Question question) throws IOException {
        Map<String, String> settings = new LinkedHashMap<>();
        question.parameters().forEach((name, value) -> settings.put("param_" + name, TabSeparated.escape(value)));
        FlameTree tree = new FlameTree();
        try (InputStream answer = server.query(resource(question.query()), settings);
                BufferedReader lines = new BufferedReader(new InputStreamReader(answer, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] fields = line.split("\t", COLUMNS);
                String stack = TabSeparated.unescape(fields[2]);
                List<String> frames = stack.isEmpty() ? List.of() : Arrays.asList(FRAME_END.split(stack));
                tree.add(fields[0].equals("1"), frames, Long.parseLong(fields[1]));
            }
            return tree;
        } catch (QueryException e) {
            throw new CommandException(ExitCodes.FAILED, String.valueOf(e.getMessage()));
        }
    }

    static String page(String json) {
        return resource("flamegraph.html").replace("@DATA@", json);
    }

    private static String resource(String name) {
        try (InputStream resource = Objects.requireNonNull(
                FlamegraphCommand.class.getResourceAsStream(name), name + " is not in the jar")) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("could not read " + name, e);
        }
    }
}
