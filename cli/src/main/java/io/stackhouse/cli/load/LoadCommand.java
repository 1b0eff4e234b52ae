package io.stackhouse.cli.load;

import io.stackhouse.cli.ClickHouseHttp;
import io.stackhouse.cli.CommandException;
import io.stackhouse.cli.DurationConverter;
import io.stackhouse.cli.ExitCodes;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Sends profiles to an OTLP endpoint, at a rate or as many as it takes, and says what became of them. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Sends profiles of a made fleet, or of files, to any OTLP endpoint, and says how fast it took them.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./stackhouse load --endpoint http://127.0.0.1:4317 --for 30s",
            "  ./stackhouse load --endpoint http://127.0.0.1:4318 --transport http --gzip --rate 100",
            "  ./stackhouse load --endpoint http://127.0.0.1:4317 --rate 50 --check http://127.0.0.1:8123",
            "  ./stackhouse load --endpoint http://127.0.0.1:4317 --record 3s",
            "  ./stackhouse load --endpoint http://127.0.0.1:4317 profile.otlp other.otlp",
            "",
            "With --rate, requests leave when their time has come, and each wait counts from then on. Without it, --open",
            "requests are under way at any time, and waits count from when each left. What is refused is sent again after the",
            "time that the server asks for. Exit codes: 0 all were taken (and stored once, with --check), 1 some were not,",
            "2 wrong options."
        })
public final class LoadCommand implements Callable<Integer> {

    private static final String GRPC = "grpc";
    private static final String HTTP = "http";
    private static final String PROFILES_PATH = "/v1development/profiles";
    private static final double MEGA = 1e6;
    private static final long CHECK_EVERY_MILLIS = 500;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:4317",
            description =
                    "Where to send to, in clear text (default: ${DEFAULT-VALUE}). With --transport http a path in it"
                            + " replaces " + PROFILES_PATH + ".")
    private URI endpoint = URI.create("http://127.0.0.1:4317");

    @Option(
            names = "--transport",
            paramLabel = "grpc|http",
            defaultValue = GRPC,
            description = "OTLP over gRPC or HTTP/1.1 (default: ${DEFAULT-VALUE}).")
    private String transport = GRPC;

    @Option(names = "--gzip", description = "Compress. That takes far more CPU than all else that this command does.")
    private boolean gzip;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "0",
            description = "Requests per second (default: as many as are taken).")
    private double rate;

    @Option(
            names = "--open",
            paramLabel = "N",
            defaultValue = "16",
            description = "Without --rate: requests under way at any time (default: ${DEFAULT-VALUE}).")
    private int open;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "2",
            description = "Connections of gRPC (default: ${DEFAULT-VALUE}); HTTP takes one for each open request.")
    private int connections;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = DurationConverter.class,
            description = "How long to send (default: ${DEFAULT-VALUE}).")
    private Duration runFor = Duration.ofSeconds(10);

    @Option(
            names = "--pid",
            paramLabel = "PID",
            description = "Also say how much CPU and memory this process takes; may be repeated.")
    private List<Long> pids = new ArrayList<>();

    @Option(
            names = "--check",
            paramLabel = "URL",
            description = "Afterwards look in this ClickHouse whether each request is there once. For pipelines without"
                    + " aggregate and downsample.")
    private @Nullable URI check;

    @Option(
            names = "--check-within",
            paramLabel = "TIME",
            defaultValue = "60s",
            converter = DurationConverter.class,
            description = "How long to wait until all are there (default: ${DEFAULT-VALUE}).")
    private Duration checkWithin = Duration.ofSeconds(60);

    @Option(
            names = "--record",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "Instead of a fleet: sample a JVM for this time by async-profiler, and send what it wrote.")
    private @Nullable Duration record;

    @Mixin
    private FleetOptions fleet = new FleetOptions();

    @Parameters(
            paramLabel = "FILE",
            arity = "0..*",
            description =
                    "Instead of a fleet: encoded OTLP profiles requests. Their times and profile ids are written anew.")
    private List<Path> files = new ArrayList<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Load.Pace pace = pace();
        Requests requests = requests();
        PrintWriter out = spec.commandLine().getOut();
        out.println(requests.shape().text());
        int run = (int) (System.currentTimeMillis() / 1000);
        try (Sender sender = sender();
                Load load = new Load(requests, sender, run)) {
            Map<Long, ProcessUsage> before = usage();
            long begin = System.nanoTime();
            load.send(pace, runFor.toNanos());
            double seconds = (System.nanoTime() - begin) / (double) TimeUnit.SECONDS.toNanos(1);
            lines(load.figures(), seconds).forEach(out::println);
            usageLines(before).forEach(out::println);
            out.flush();
            boolean isGood = load.figures().acceptedRequests() == load.figures().requests();
            if (check != null) {
                isGood &= isStored(new ClickHouseHttp(check), load, requests, run);
            }
            return isGood ? ExitCodes.OK : ExitCodes.FAILED;
        }
    }

    private Load.Pace pace() {
        try {
            return rate == 0 ? Load.Pace.maximal(open) : Load.Pace.of(rate);
        } catch (IllegalArgumentException e) {
            throw wrong(e);
        }
    }

    private Requests requests() throws IOException, InterruptedException {
        try {
            if (record != null) {
                return recorded(record.toMillis());
            }
            return files.isEmpty() ? FleetRequests.encode(fleet.settings()) : ReplayFiles.read(files);
        } catch (IllegalArgumentException e) {
            throw wrong(e);
        }
    }

    private static Requests recorded(long millis) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("stackhouse-load");
        try {
            return ReplayFiles.read(List.of(RealProfile.record(folder, millis)));
        } finally {
            try (Stream<Path> left = Files.list(folder)) {
                for (Path file : left.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }

    private Sender sender() {
        String host = endpoint.getHost();
        if (host == null || endpoint.getPort() < 1 || !"http".equals(endpoint.getScheme())) {
            throw wrong(new IllegalArgumentException("--endpoint is " + endpoint + "; it must be http://HOST:PORT"));
        }
        if (transport.equals(GRPC)) {
            return new GrpcSender(host, endpoint.getPort(), connections, gzip);
        }
        if (transport.equals(HTTP)) {
            String path = endpoint.getPath();
            return new HttpSender(host, endpoint.getPort(), path.length() > 1 ? path : PROFILES_PATH, gzip);
        }
        throw wrong(new IllegalArgumentException("--transport is " + transport + "; it must be grpc or http"));
    }

    private ParameterException wrong(IllegalArgumentException e) {
        return new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }

    private List<String> lines(Load.Figures figures, double seconds) {
        Latencies waits = figures.latencies();
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%s%s, %.1f s: %.0f requests/s, %.0f samples/s, %.1f MB/s before compression",
                transport,
                gzip ? " with gzip" : "",
                seconds,
                figures.acceptedRequests() / seconds,
                figures.acceptedSamples() / seconds,
                figures.acceptedBytes() / seconds / MEGA));
        lines.add(String.format(
                Locale.ROOT,
                "requests: %d sent, %d accepted, %d rejected, %d without an answer; %d refusals (each was sent again)%s",
                figures.requests(),
                figures.acceptedRequests(),
                figures.rejectedRequests(),
                figures.unansweredRequests(),
                figures.refusals(),
                figures.lastProblem().isEmpty() ? "" : "; the last: " + figures.lastProblem()));
        lines.add(String.format(
                Locale.ROOT,
                "waits from %s: p50 %.2f ms, p90 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, max %.2f ms",
                rate == 0 ? "when each left" : "when each was due",
                waits.millis(50),
                waits.millis(90),
                waits.millis(99),
                waits.millis(99.9),
                waits.maxMillis()));
        return lines;
    }

    private Map<Long, ProcessUsage> usage() throws IOException {
        Map<Long, ProcessUsage> usage = new LinkedHashMap<>();
        usage.put(
                ProcessHandle.current().pid(),
                ProcessUsage.of(ProcessHandle.current().pid()));
        for (long pid : pids) {
            usage.put(pid, ProcessUsage.of(pid));
        }
        return usage;
    }

    private List<String> usageLines(Map<Long, ProcessUsage> before) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Map.Entry<Long, ProcessUsage> each : before.entrySet()) {
            ProcessUsage now = ProcessUsage.of(each.getKey());
            boolean isOwn = each.getKey() == ProcessHandle.current().pid();
            lines.add(String.format(
                    Locale.ROOT,
                    "%s: %.2f of a core, %.0f MB",
                    isOwn ? "load itself" : "process " + each.getKey(),
                    now.coresSince(each.getValue()),
                    now.residentBytes() / MEGA));
        }
        return lines;
    }

    private boolean isStored(ClickHouseHttp server, Load load, Requests requests, int run)
            throws IOException, InterruptedException {
        if (!server.isReachable()) {
            throw new CommandException(ExitCodes.FAILED, "no ClickHouse answers at " + server.endpoint());
        }
        StoreCheck store = new StoreCheck(server);
        long end = System.nanoTime() + checkWithin.toNanos();
        StoreCheck.Result result = store.look(load, requests, run);
        while (!result.isGood() && System.nanoTime() - end < 0) {
            Thread.sleep(CHECK_EVERY_MILLIS);
            result = store.look(load, requests, run);
        }
        spec.commandLine()
                .getOut()
                .println("stored: of " + result.requests() + " accepted requests " + result.lost()
                        + " are not there whole, " + result.doubled() + " are there more than once; of "
                        + result.unanswered() + " without an answer " + result.unansweredStored() + " are there");
        spec.commandLine().getOut().flush();
        return result.isGood();
    }
}
