package io.stackhouse.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
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

/** Writes a flame graph of a service as one page that needs nothing else. */
@Command(
        name = "flamegraph",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Writes a flame graph of a service, or of what changed, as one self-contained page.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./stackhouse flamegraph --service checkout --out checkout.html",
            "  ./stackhouse flamegraph --service checkout --version 1.8 --diff 1.7 --last 24h --out diff.html",
            "  ./stackhouse flamegraph --service checkout --from '2026-01-31 09:00:00' --to '2026-01-31 10:00:00' \\",
            "      --diff '2026-01-31 08:00:00..2026-01-31 09:00:00' --out diff.html",
            "",
            "In a difference red has grown and blue has shrunk, as shares of each side's own sum. Exit codes: 0 written, 1",
            "ClickHouse failed or there is nothing to show, 2 wrong options, 4 no ClickHouse is running."
        })
final class FlamegraphCommand implements Callable<Integer> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);
    private static final Pattern FRAME_END = Pattern.compile("\u0001");
    private static final String RANGE = "..";
    private static final int COLUMNS = 3;

    @Mixin
    private EndpointOptions endpointOptions = new EndpointOptions();

    @Option(names = "--service", paramLabel = "NAME", required = true, description = "The service.")
    private String service = "";

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            defaultValue = "cpu",
            description = "The sample type, e.g. cpu, off_cpu, alloc_space (default: ${DEFAULT-VALUE}).")
    private String type = "cpu";

    @Option(
            names = "--last",
            paramLabel = "TIME",
            defaultValue = "1h",
            converter = DurationConverter.class,
            description = "How far back to look, e.g. 10m, 24h (default: ${DEFAULT-VALUE}).")
    private Duration last = Duration.ofHours(1);

    @Option(names = "--from", paramLabel = "UTC", description = "Instead of --last, e.g. '2026-01-31 08:00:00'.")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "UTC", description = "End of the time, not included (default: now).")
    private @Nullable String to;

    @Option(names = "--version", paramLabel = "VERSION", defaultValue = "", description = "Only this version.")
    private String version = "";

    @Option(
            names = "--diff",
            paramLabel = "VERSION|FROM..TO",
            defaultValue = "",
            description = "Compare with this version in the same time, or with another time, UTC.")
    private String diff = "";

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "The page to write.")
    private @Nullable Path out;

    @Override
    public Integer call() throws IOException {
        Map<String, String> parameters = parameters(Instant.now());
        FlameTree tree = read(endpointOptions.connect(), parameters);
        if (tree.isEmpty()) {
            throw new CommandException(
                    ExitCodes.FAILED,
                    "no samples of type " + type + " of service " + service + " from " + parameters.get("from") + " to "
                            + parameters.get("to") + " UTC");
        }
        Map<String, String> heading = new LinkedHashMap<>();
        heading.put("title", service + (version.isEmpty() ? "" : " " + version) + ", " + type);
        heading.put("what", what(parameters));
        heading.put("unit", type.equals("cpu") || type.equals("off_cpu") || type.equals("wall") ? "nanoseconds" : "");
        Files.writeString(Objects.requireNonNull(out), page(tree.json(heading, !diff.isEmpty())));
        return ExitCodes.OK;
    }

    private String what(Map<String, String> parameters) {
        String time = parameters.get("from") + " to " + parameters.get("to") + " UTC";
        return diff.isEmpty() ? time : time + ", compared with " + diff;
    }

    private Map<String, String> parameters(Instant now) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("service", service);
        parameters.put("type", type);
        parameters.put("version", version);
        parameters.put("from", from != null ? from : TIME.format(now.minus(last)));
        parameters.put("to", to != null ? to : TIME.format(now.plusSeconds(1)));
        int range = diff.indexOf(RANGE);
        parameters.put("base_version", range < 0 ? diff : version);
        parameters.put("base_from", range < 0 ? parameters.get("from") : diff.substring(0, range));
        parameters.put("base_to", range < 0 ? parameters.get("to") : diff.substring(range + RANGE.length()));
        parameters.put("has_base", diff.isEmpty() ? "0" : "1");
        return parameters;
    }

    private static FlameTree read(ClickHouseHttp server, Map<String, String> parameters) throws IOException {
        Map<String, String> settings = new LinkedHashMap<>();
        parameters.forEach((name, value) -> settings.put("param_" + name, TabSeparated.escape(value)));
        FlameTree tree = new FlameTree();
        try (InputStream answer = server.query(resource("flamegraph.sql"), settings);
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
