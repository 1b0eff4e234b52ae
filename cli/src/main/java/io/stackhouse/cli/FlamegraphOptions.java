package io.stackhouse.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What a flame graph is to be of: the options, and the question to ClickHouse that they make. */
final class FlamegraphOptions {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);
    private static final String RANGE = "..";
    private static final double PERCENT = 100;

    /**
     * A question.
     *
     * @param query the file with it
     * @param parameters of the query, by name
     * @param title of the page
     * @param what time, and what it is compared with
     */
    record Question(String query, Map<String, String> parameters, String title, String what, boolean isDifference) {
        /** What the values are counted in; empty when the page shall not say. */
        String unit() {
            String type = parameters.getOrDefault("type", "");
            return type.equals("cpu") || type.equals("off_cpu") || type.equals("wall") ? "nanoseconds" : "";
        }
    }

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    @Option(
            names = "--service",
            paramLabel = "NAME",
            defaultValue = "",
            description = "The service; of a trace: this one alone.")
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

    @Option(
            names = "--trace",
            paramLabel = "ID",
            defaultValue = "",
            description = "What ran inside of this trace, in all services, at any time.")
    private String trace = "";

    @Option(names = "--span", paramLabel = "ID", defaultValue = "", description = "Of the trace this span alone.")
    private String span = "";

    @Option(
            names = "--request",
            paramLabel = "NAME",
            defaultValue = "",
            description =
                    "What ran inside of this endpoint's requests: the name of the span that a request begins with.")
    private String request = "";

    @Option(
            names = "--slowest",
            paramLabel = "PERCENT",
            defaultValue = "100%",
            description = "Of the requests only the slowest, e.g. 1%% (default: all).")
    private String slowest = "100%";

    /** The question that the options make. */
    Question question(Instant now) {
        if (trace.isEmpty() && service.isEmpty()) {
            throw wrong("--service or --trace is missing: what shall the flame graph be of?");
        }
        boolean isOfRequests = !request.isEmpty();
        if (!diff.isEmpty() && (isOfRequests || !trace.isEmpty())) {
            throw wrong("--diff compares a service; it can't be given with --trace or --request");
        }
        if (!trace.isEmpty()) {
            return ofTrace();
        }
        return isOfRequests ? ofRequests(now) : ofService(now);
    }

    private Question ofTrace() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("type", type);
        parameters.put("service", service);
        parameters.put("trace", trace);
        parameters.put("span", span);
        String what = "trace " + trace + (span.isEmpty() ? "" : ", span " + span);
        return new Question(
                "flamegraph-trace.sql", parameters, title(service.isEmpty() ? "a trace" : service), what, false);
    }

    private Question ofRequests(Instant now) {
        Map<String, String> parameters = times(now);
        double share = share();
        parameters.put("request", request);
        parameters.put("share", Double.toString(share));
        String what = (share < 1 ? "the slowest " + slowest + " of the requests, " : "") + time(parameters);
        return new Question("flamegraph-requests.sql", parameters, title(service + " " + request), what, false);
    }

    private double share() {
        try {
            double percent =
                    Double.parseDouble(slowest.endsWith("%") ? slowest.substring(0, slowest.length() - 1) : slowest);
            if (percent > 0 && percent <= PERCENT) {
                return percent / PERCENT;
            }
        } catch (NumberFormatException e) {
            throw wrong("--slowest: '" + slowest + "' is no number of percent, such as 1%");
        }
        throw wrong("--slowest: " + slowest + " is not above 0% and at most 100%");
    }

    private Question ofService(Instant now) {
        Map<String, String> parameters = times(now);
        parameters.put("version", version);
        int range = diff.indexOf(RANGE);
        parameters.put("base_version", range < 0 ? diff : version);
        parameters.put("base_from", range < 0 ? parameters.get("from") : diff.substring(0, range));
        parameters.put("base_to", range < 0 ? parameters.get("to") : diff.substring(range + RANGE.length()));
        parameters.put("has_base", diff.isEmpty() ? "0" : "1");
        String name = service + (version.isEmpty() ? "" : " " + version);
        String what = time(parameters) + (diff.isEmpty() ? "" : ", compared with " + diff);
        return new Question("flamegraph.sql", parameters, title(name), what, !diff.isEmpty());
    }

    private Map<String, String> times(Instant now) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("service", service);
        parameters.put("type", type);
        parameters.put("from", from != null ? from : TIME.format(now.minus(last)));
        parameters.put("to", to != null ? to : TIME.format(now.plusSeconds(1)));
        return parameters;
    }

    private static String time(Map<String, String> parameters) {
        return parameters.get("from") + " to " + parameters.get("to") + " UTC";
    }

    private String title(String name) {
        return name + ", " + type;
    }

    private CommandLine.ParameterException wrong(String what) {
        return new CommandLine.ParameterException(Objects.requireNonNull(spec).commandLine(), what);
    }
}
