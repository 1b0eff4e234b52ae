package io.stackhouse.cli.bench;

import io.stackhouse.cli.Child;
import io.stackhouse.cli.ClickHouseHttp;
import io.stackhouse.cli.load.FleetRequests;
import io.stackhouse.cli.load.FleetSettings;
import io.stackhouse.cli.load.Load;
import io.stackhouse.cli.load.ProcessUsage;
import io.stackhouse.cli.load.Requests;
import io.stackhouse.cli.load.Sender;
import io.stackhouse.cli.load.Senders;
import io.stackhouse.cli.load.StoreCheck;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What samples take in ClickHouse and how long the questions of docs/sql.md take, for growing tables. They come through a collector with a journal and no processors, so that each sample is there and can be counted.
 *
 * <p>One thread. Everything it starts is a child that ends with the program.
 */
final class StoreBench {

    static final String PART = "store";

    private static final long[] SHORT_SAMPLES = {1_000_000};
    private static final long[] FULL_SAMPLES = {1_000_000, 10_000_000, 50_000_000};
    private static final int OPEN = 16;
    private static final int RUN = 1;
    private static final long HOUR_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final long STORED_WITHIN_NANOS = TimeUnit.MINUTES.toNanos(2);
    private static final long POLL_MILLIS = 500;
    private static final double MEGA = 1e6;
    private static final double NANOS = 1e9;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

    private final BenchSettings settings;
    private final Results results;
    private final Progress progress;
    private final Requests requests;
    private final long beginNanos;

    StoreBench(BenchSettings settings, Results results, Progress progress) {
        this.settings = settings;
        this.results = results;
        this.progress = progress;
        this.requests = FleetRequests.encode(FleetSettings.usual(settings.seed()));
        this.beginNanos = Instant.now().getEpochSecond() * (long) NANOS - HOUR_NANOS;
    }

    void run(Programs programs) throws IOException, InterruptedException {
        if (!programs.hasClickHouse()) {
            results.note("The store was not measured: the library of ClickHouse is not set up.");
            return;
        }
        int port = Programs.freePort();
        Path folder = Files.createDirectories(settings.folder().resolve("store"));
        Child clickHouse =
                programs.clickHouse("clickhouse-store", Files.createDirectories(folder.resolve("data")), port);
        Stage.Place place =
                new Stage.Place(Programs.freePort(), Programs.freePort(), Programs.freePort(), port, folder);
        Path config = Files.writeString(folder.resolve("collector.yaml"), Stage.keeping(place));
        programs.collector("collector-store", config);
        ClickHouseHttp server = new ClickHouseHttp(URI.create("http://127.0.0.1:" + port));
        long[] sizes = settings.isFull() ? FULL_SAMPLES : SHORT_SAMPLES;
        double perRequest = requests.shape().samples();
        long all = (long) (sizes[sizes.length - 1] / perRequest);
        long sent = 0;
        double throughCollector = 0;
        try (Sender sender = Senders.grpc(place.grpcPort());
                Load load = new Load(requests, sender, RUN, number -> beginNanos + HOUR_NANOS / (all + 1) * number)) {
            for (long size : sizes) {
                long count = (long) (size / perRequest) - sent;
                String title = size / 1_000_000 + "M samples: ";
                throughCollector = fill(title, server, clickHouse, load, count);
                sent += count;
                sizes(title, server);
                ask(title, server);
            }
            feedFromFile(server, clickHouse, folder.resolve("samples.native"), throughCollector);
        }
    }

    /** Returns ClickHouse's CPU time for a million samples. */
    private double fill(String title, ClickHouseHttp server, Child clickHouse, Load load, long count)
            throws IOException, InterruptedException {
        progress.say("store: " + title + "sending " + count + " requests");
        long samplesBefore = load.figures().acceptedSamples();
        ProcessUsage before = ProcessUsage.ofTree(clickHouse.pid());
        load.sendCount(count, OPEN);
        StoreCheck check = new StoreCheck(server);
        StoreCheck.Result result = check.look(load, requests, RUN);
        long end = System.nanoTime() + STORED_WITHIN_NANOS;
        while (!result.isGood() && System.nanoTime() - end < 0) {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            result = check.look(load, requests, RUN);
        }
        ProcessUsage after = ProcessUsage.ofTree(clickHouse.pid());
        double samples = load.figures().acceptedSamples() - samplesBefore;
        double seconds = (after.atNanos() - before.atNanos()) / NANOS;
        results.add(PART, title + "through the collector", "samples/s", samples / seconds);
        double cpu = (after.cpuNanos() - before.cpuNanos()) / NANOS / (samples / MEGA);
        results.add(PART, title + "ClickHouse's CPU", "s per 1M samples", cpu);
        results.check(
                title + "each request is stored once",
                result.isGood(),
                result.requests() + " requests acknowledged, " + result.lost() + " lost, " + result.doubled()
                        + " there twice, " + result.unanswered() + " without an answer");
        return cpu;
    }

    private void sizes(String title, ClickHouseHttp server) throws IOException {
        progress.say("store: " + title + "merging");
        for (String table : lines(
                server,
                "SELECT name FROM system.tables WHERE database = 'otel' AND engine LIKE '%MergeTree' AND total_rows > 0")) {
            lines(server, "OPTIMIZE TABLE otel.`" + table + "` FINAL");
        }
        String samples =
                lines(server, "SELECT count() FROM otel.otel_profiles_samples").get(0);
        for (String line : lines(
                server,
                "SELECT table, sum(bytes_on_disk) / " + samples
                        + " AS b FROM system.parts WHERE active AND database = 'otel' GROUP BY table HAVING b > 0.05 ORDER BY b DESC")) {
            String[] fields = line.split("\t", 2);
            results.add(PART, title + fields[0], "bytes per sample", Double.parseDouble(fields[1]));
        }
        results.add(
                PART,
                title + "all tables",
                "bytes per sample",
                Double.parseDouble(lines(
                                server,
                                "SELECT sum(bytes_on_disk) / " + samples
                                        + " FROM system.parts WHERE active AND database = 'otel'")
                        .get(0)));
    }

    private void ask(String title, ClickHouseHttp server) throws IOException {
        progress.say("store: " + title + "the questions of docs/sql.md");
        String page = Files.readString(settings.home().resolve("docs/sql.md"));
        List<String> trace = lines(server, "SELECT TraceId FROM otel.otel_profiles_traced WHERE TraceId != '' LIMIT 1");
        Questions.Names names = new Questions.Names(
                FleetRequests.serviceName(0),
                "1.0.0",
                "1.1.0",
                FleetRequests.functionName(0, 7),
                TIME.format(Instant.ofEpochSecond(0, beginNanos).minusSeconds(60)),
                TIME.format(Instant.ofEpochSecond(0, beginNanos + HOUR_NANOS / 2)),
                TIME.format(Instant.ofEpochSecond(0, beginNanos + HOUR_NANOS).plusSeconds(60)),
                trace.isEmpty() ? "00" : trace.get(0));
        for (Questions.Question question : Questions.read(page, names)) {
            lines(server, question.sql());
            for (int round = 0; round < settings.rounds(); round++) {
                long begin = System.nanoTime();
                lines(server, question.sql());
                results.add(PART, title + question.title(), "ms", (System.nanoTime() - begin) / NANOS_PER_MILLI);
            }
        }
    }

    /** The yardstick: the same rows go from a file of ClickHouse's own form into the same table, with all views behind it. Its data are of no use after that. */
    private void feedFromFile(ClickHouseHttp server, Child clickHouse, Path file, double throughCollector)
            throws IOException {
        progress.say("store: ClickHouse fed from a file");
        String table = lines(
                        server,
                        "SELECT name FROM system.tables WHERE database = 'otel' AND match(name, '^otel_profiles_samples_v[0-9]+$')"
                                + " ORDER BY toUInt32(extract(name, '[0-9]+$')) DESC LIMIT 1")
                .get(0);
        lines(
                server,
                "INSERT INTO FUNCTION file('" + file + "', 'Native') SELECT * FROM otel." + table + " LIMIT 1000000");
        for (int round = 0; round < settings.rounds(); round++) {
            ProcessUsage before = ProcessUsage.ofTree(clickHouse.pid());
            lines(
                    server,
                    "INSERT INTO otel." + table + " SELECT * FROM file('" + file
                            + "', 'Native') SETTINGS insert_deduplicate = 0");
            ProcessUsage after = ProcessUsage.ofTree(clickHouse.pid());
            double seconds = (after.atNanos() - before.atNanos()) / NANOS;
            results.add(PART, "samples from a file", "samples/s", MEGA / seconds);
            double cpu = (after.cpuNanos() - before.cpuNanos()) / NANOS;
            results.add(PART, "samples from a file: ClickHouse's CPU", "s per 1M samples", cpu);
            results.add(
                    PART,
                    "ClickHouse's CPU through the collector, by that from a file",
                    "times",
                    throughCollector / cpu);
        }
    }

    private static List<String> lines(ClickHouseHttp server, String sql) throws IOException {
        return server.lines(sql, Map.of("database", ClickHouseHttp.DATABASE));
    }
}
