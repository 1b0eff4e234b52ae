package io.stackhouse.exporter.clickhouse;

import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.identity.StackHasher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Our tables beside the Collector exporter's table of profiles, with the same samples: bytes, insert time, and six queries whose answers
 * must be equal. {@code scripts/benchmark.sh store} runs it; docs/schema.md has its figures.
 *
 * <p>Both are inserted by the same client in blocks of the same rows, in turn, so that other load on the machine meets both. CPU time is
 * that of the whole ClickHouse process, its merges too.
 */
final class StoreComparison {
    private static final int ROWS_PER_BLOCK = 25_000;
    private static final Duration TIMEOUT = Duration.ofMinutes(10);
    private static final int RUNS = 5;
    private static final long DAY_SECONDS = 86_400;
    /** What the Collector's table has no column for. */
    private static final Set<String> MORE_FIELDS = new HashSet<>(Arrays.asList(
            "Tenant",
            "Environment",
            "ServiceNamespace",
            "OriginalType",
            "OriginalUnit",
            "ObservedTimestamp",
            "Count",
            "Threshold",
            "AttributeTypes",
            "AttributeUnits",
            "ProfileAttributeTypes",
            "ProfileAttributeUnits",
            "SystemNames",
            "Columns",
            "StartLines",
            "BuildIds",
            "FrameTypes",
            "Inlined",
            "LocationAttributes",
            "MappingAttributes",
            "NamedFrames",
            "ResourceAttributeTypes",
            "ResourceSchemaUrl",
            "ScopeAttributes",
            "ScopeAttributeTypes",
            "ScopeSchemaUrl",
            "Variance",
            "ByChance",
            "SquaredWeights",
            "Kept",
            "Samples"));

    private final TestClickHouse clickHouse;
    private final StoreWorkload workload;
    private final long day;
    private final BlockEncoder encoder = new BlockEncoder(ClickHouseConfig.Compress.LZ4);
    private final Map<String, Cost> costs = new LinkedHashMap<>();
    private long samples;

    /** What inserting has taken so far. */
    private static final class Cost {
        long encodeNanos;
        long insertNanos;
        long serverCpuNanos;
        long bytes;
    }

    private StoreComparison(TestClickHouse clickHouse, StoreWorkload.Settings settings) {
        this.clickHouse = clickHouse;
        this.day = Telemetry.none().clock().unixNanos() / 1_000_000_000L / DAY_SECONDS * DAY_SECONDS - DAY_SECONDS;
        this.workload = new StoreWorkload(settings, day * 1_000_000_000L);
        costs.put("ours", new Cost());
        costs.put("theirs", new Cost());
    }

    /** Arguments: a folder, rows, per cent of linked samples, instances of a service, a seed, and what to compare besides bytes and inserts: queries, variants. */
    public static void main(String[] arguments) throws IOException {
        StoreWorkload.Settings settings = new StoreWorkload.Settings(
                Long.parseLong(arguments[4]),
                Integer.parseInt(arguments[1]),
                Integer.parseInt(arguments[2]) / 100.0,
                Integer.parseInt(arguments[3]));
        Path data = Files.createTempDirectory(Path.of(arguments[0]), "store");
        print("## " + settings);
        try (TestClickHouse clickHouse = new TestClickHouse(data)) {
            StoreComparison comparison = new StoreComparison(clickHouse, settings);
            comparison.insert();
            comparison.optimize();
            comparison.printSizes();
            List<String> also = List.of(arguments).subList(5, arguments.length);
            if (also.contains("queries")) {
                comparison.compareQueries();
            }
            if (also.contains("variants")) {
                new StoreVariants(clickHouse, comparison.samples).run();
            }
        }
    }

    private void insert() {
        clickHouse.lines("CREATE DATABASE theirs");
        clickHouse.lines(CollectorTable.ddl("theirs"));
        try (ClickHouseClient ours = new ClickHouseClient(clickHouse.config("ours", TIMEOUT));
                ClickHouseClient theirs = new ClickHouseClient(clickHouse.config("theirs", TIMEOUT))) {
            new Schema(ours, clickHouse.config("ours")).prepare();
            ProfileTables tables =
                    new ProfileTables(10_000_000, encoder, new ExporterMetrics(Telemetry.none(), () -> 0));
            CollectorTable table = new CollectorTable();
            workload.forEach(batch -> {
                fillOurs(tables, batch);
                fillTheirs(table, batch);
                samples += batch.rowCount();
                if (tables.items() >= ROWS_PER_BLOCK) {
                    send(ours, theirs, tables, table);
                }
            });
            send(ours, theirs, tables, table);
        }
        costs.forEach((name, cost) -> print(String.format(
                "%s: %d samples; per sample: insert %.2f us, server CPU %.2f us, encoding %.2f us, sent %.1f B",
                name,
                samples,
                cost.insertNanos / 1e3 / samples,
                cost.serverCpuNanos / 1e3 / samples,
                cost.encodeNanos / 1e3 / samples,
                (double) cost.bytes / samples)));
        Cost our = costs.get("ours");
        Cost their = costs.get("theirs");
        print(String.format(
                "insert: %.1f times faster by the clock, %.1f times less server CPU",
                (double) their.insertNanos / our.insertNanos, (double) their.serverCpuNanos / our.serverCpuNanos));
    }

    private void fillOurs(ProfileTables tables, ProfileBatch batch) {
        long start = System.nanoTime();
        int items = tables.open(batch);
        tables.mark();
        for (int i = 0; i < items; i++) {
            tables.append(i);
        }
        costs.get("ours").encodeNanos += System.nanoTime() - start;
    }

    private void fillTheirs(CollectorTable table, ProfileBatch batch) {
        long start = System.nanoTime();
        StackHasher hasher = new StackHasher(batch.dictionary());
        for (int i = 0; i < batch.rowCount(); i++) {
            table.append(batch, hasher, i);
        }
        costs.get("theirs").encodeNanos += System.nanoTime() - start;
    }

    private void send(ClickHouseClient ours, ClickHouseClient theirs, ProfileTables tables, CollectorTable table) {
        List<Block> our = tables.cut();
        List<Block> their = new ArrayList<>();
        encoder.addBlock(CollectorTable.NAME, table.block, their);
        table.block.clear();
        insert(ours, our, costs.get("ours"));
        tables.kept(true);
        insert(theirs, their, costs.get("theirs"));
    }

    private void insert(ClickHouseClient client, List<Block> blocks, Cost cost) {
        long start = System.nanoTime();
        long cpu = ServerCpu.nanos();
        for (Block block : blocks) {
            client.insert(block);
            cost.bytes += block.bytes().length;
        }
        cost.insertNanos += System.nanoTime() - start;
        cost.serverCpuNanos += ServerCpu.nanos() - cpu;
    }

    private void optimize() {
        for (String table : clickHouse.lines("SELECT database || '.' || name FROM system.tables"
                + " WHERE database IN ('ours', 'theirs') AND engine LIKE '%MergeTree'")) {
            clickHouse.slowLines("OPTIMIZE TABLE " + table + " FINAL");
        }
    }

    private void printSizes() {
        print("table, rows, bytes per sample");
        clickHouse
                .lines(
                        "SELECT database || '.' || table, sum(rows), round(sum(bytes_on_disk) / " + samples
                                + ", 2) AS b FROM system.parts WHERE active AND database IN ('ours', 'theirs') GROUP BY 1 ORDER BY b DESC")
                .forEach(StoreComparison::print);
        double theirs = bytes("theirs", "");
        double all = bytes("ours", "");
        double more = Double.parseDouble(
                clickHouse.value("SELECT sum(column_bytes_on_disk) FROM system.parts_columns WHERE active"
                        + " AND database = 'ours' AND column IN ('" + String.join("', '", MORE_FIELDS) + "')"));
        print(String.format(
                "theirs %.1f B/sample; ours %.1f with all fields (%.1f times less), %.1f with theirs alone (%.1f times less)",
                theirs / samples, all / samples, theirs / all, (all - more) / samples, theirs / (all - more)));
        print("largest columns of ours, bytes per sample");
        clickHouse
                .lines(
                        "SELECT table || '.' || column, round(sum(column_bytes_on_disk) / " + samples
                                + ", 2) AS b FROM system.parts_columns WHERE active AND database = 'ours' GROUP BY 1 ORDER BY b DESC LIMIT 16")
                .forEach(StoreComparison::print);
    }

    private double bytes(String database, String condition) {
        return Double.parseDouble(
                clickHouse.value("SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = '" + database
                        + "'" + condition));
    }

    private void compareQueries() {
        String from = clickHouse.value("SELECT toDateTime(" + day + ", 'UTC')");
        String to = clickHouse.value("SELECT toDateTime(" + (day + DAY_SECONDS) + ", 'UTC')");
        String trace =
                clickHouse.value("SELECT TraceId FROM ours.otel_profiles_traced_v1 WHERE ServiceName = 'checkout'"
                        + " GROUP BY TraceId ORDER BY count() DESC, TraceId LIMIT 1");
        String function = workload.someFunction(0);
        for (StoreQueries.Pair pair : StoreQueries.all(from, to, trace, function)) {
            compare(pair);
        }
    }

    private void compare(StoreQueries.Pair pair) {
        List<Long> our = new ArrayList<>();
        List<Long> their = new ArrayList<>();
        List<Long> ourCpu = new ArrayList<>();
        List<Long> theirCpu = new ArrayList<>();
        List<String> ourAnswer = timed(pair.ours(), new ArrayList<>(), new ArrayList<>());
        List<String> theirAnswer = timed(pair.theirs(), new ArrayList<>(), new ArrayList<>());
        for (int run = 0; run < RUNS; run++) {
            timed(pair.ours(), our, ourCpu);
            timed(pair.theirs(), their, theirCpu);
        }
        Collections.sort(ourAnswer);
        Collections.sort(theirAnswer);
        boolean isEqual = ourAnswer.equals(theirAnswer);
        print(String.format(
                "%s: ours %.0f ms (CPU %.0f), theirs %.0f ms (CPU %.0f), %.1f times faster (CPU %.1f); %d rows, %s",
                pair.name(),
                median(our) / 1e6,
                median(ourCpu) / 1e6,
                median(their) / 1e6,
                median(theirCpu) / 1e6,
                (double) median(their) / median(our),
                (double) median(theirCpu) / Math.max(1, median(ourCpu)),
                ourAnswer.size(),
                isEqual ? "equal" : "NOT EQUAL"));
        if (!isEqual) {
            print("ours: " + ourAnswer.subList(0, Math.min(3, ourAnswer.size())));
            print("theirs: " + theirAnswer.subList(0, Math.min(3, theirAnswer.size())) + " of " + theirAnswer.size());
        }
    }

    private List<String> timed(String sql, List<Long> nanos, List<Long> cpu) {
        long cpuStart = ServerCpu.nanos();
        long start = System.nanoTime();
        List<String> answer = clickHouse.slowLines(sql);
        nanos.add(System.nanoTime() - start);
        cpu.add(ServerCpu.nanos() - cpuStart);
        return new ArrayList<>(answer);
    }

    private static long median(List<Long> values) {
        List<Long> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }

    @SuppressWarnings("SystemOut") // its output is what it is for
    static void print(String line) {
        System.out.println(line);
    }
}
