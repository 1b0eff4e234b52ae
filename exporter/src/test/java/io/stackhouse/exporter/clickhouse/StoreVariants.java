package io.stackhouse.exporter.clickhouse;

import java.util.List;

/** Other ways to lay out the same data, measured in place: sort keys, ids instead of names, hours by shape. */
final class StoreVariants {
    private static final String LOW = "LowCardinality(String)";

    private final TestClickHouse clickHouse;
    private final long samples;

    StoreVariants(TestClickHouse clickHouse, long samples) {
        this.clickHouse = clickHouse;
        this.samples = samples;
    }

    void run() {
        clickHouse.lines("CREATE DATABASE variants");
        sortKeys();
        frameIds();
        manyNames();
        shapes();
    }

    private void sortKeys() {
        StoreComparison.print("### sort key of samples, B/sample");
        String prefix = "Tenant, Environment, ServiceName, ServiceNamespace, SampleType, ";
        List<String[]> keys = List.of(
                new String[] {"second", "toDateTime(Timestamp)"},
                new String[] {"10 s, StackHash", "toStartOfInterval(Timestamp, INTERVAL 10 SECOND), StackHash"},
                new String[] {"minute, StackHash", "toStartOfMinute(Timestamp), StackHash"},
                new String[] {"hour, StackHash, second", "toStartOfHour(Timestamp), StackHash, toDateTime(Timestamp)"});
        for (String[] key : keys) {
            clickHouse.lines(
                    "CREATE TABLE variants.sorted AS ours.otel_profiles_samples_v1 ENGINE = MergeTree PARTITION BY toDate(Timestamp)"
                            + " ORDER BY (" + prefix + key[1] + ")");
            clickHouse.slowLines("INSERT INTO variants.sorted SELECT * FROM ours.otel_profiles_samples_v1");
            clickHouse.slowLines("OPTIMIZE TABLE variants.sorted FINAL");
            String hour =
                    "SELECT StackHash, sum(Value) FROM variants.sorted WHERE ServiceName = 'checkout' AND SampleType = 'cpu' AND"
                            + " toHour(Timestamp, 'UTC') = 10 AND Timestamp >= (SELECT min(toStartOfDay(Timestamp)) + INTERVAL 10 HOUR FROM variants.sorted)"
                            + " AND Timestamp < (SELECT min(toStartOfDay(Timestamp)) + INTERVAL 11 HOUR FROM variants.sorted) GROUP BY 1 FORMAT Null";
            StoreComparison.print(key[0] + ": " + size("sorted", samples) + ", StackHash alone "
                    + columns("sorted", "StackHash") + "; sums of an hour " + millis(hour) + " ms");
            clickHouse.lines("DROP TABLE variants.sorted SYNC");
        }
    }

    private void frameIds() {
        StoreComparison.print("### names of frames: LowCardinality, ids, plain; bytes per stack");
        long stacks = Long.parseLong(clickHouse.value("SELECT count() FROM ours.otel_profiles_stacks_v2"));
        names("SELECT ServiceName, StackHash, Frames FROM ours.otel_profiles_stacks_v2", stacks);
    }

    private void manyNames() {
        StoreComparison.print(
                "### the same with 5 million names: 250,000 stacks of 40 frames in one service, 20 of which no other stack has");
        names(
                "SELECT 's' AS ServiceName, sipHash64(number) AS StackHash, arrayMap(i -> 'com.example.generated.Type' || toString(number) ||"
                        + " '.method' || toString(if(i <= 20, i, 0)) || if(i <= 20, '', toString(sipHash64(number, i) % 2000)), range(1, 41)) AS Frames"
                        + " FROM numbers(250000)",
                250_000);
    }

    private void names(String source, long stacks) {
        clickHouse.lines("CREATE TABLE variants.names (ServiceName " + LOW
                + ", Id UInt32 CODEC(ZSTD(1)), Name String CODEC(ZSTD(1)))"
                + " ENGINE = MergeTree ORDER BY (ServiceName, Id)");
        clickHouse.slowLines(
                "INSERT INTO variants.names SELECT ServiceName, row_number() OVER (PARTITION BY ServiceName ORDER BY count() DESC,"
                        + " f), f FROM (" + source + ") ARRAY JOIN Frames AS f GROUP BY ServiceName, f");
        String[][] kinds = {
            {"low", "Array(" + LOW + ")", source},
            {"plain", "Array(String)", source},
            {
                "ids",
                "Array(UInt32)",
                "SELECT ServiceName, StackHash, arrayMap(p -> p.2, arraySort(groupArray((i, Id)))) FROM (SELECT"
                        + " e.ServiceName AS ServiceName, e.StackHash AS StackHash, e.i AS i, n.Id AS Id FROM (SELECT ServiceName, StackHash, f, i FROM ("
                        + source
                        + ") ARRAY JOIN Frames AS f, arrayEnumerate(Frames) AS i) AS e ANY LEFT JOIN variants.names AS n ON"
                        + " e.ServiceName = n.ServiceName AND e.f = n.Name) GROUP BY ServiceName, StackHash"
            }
        };
        for (String[] kind : kinds) {
            clickHouse.lines(
                    "CREATE TABLE variants." + kind[0] + " (ServiceName " + LOW
                            + ", StackHash UInt64 CODEC(ZSTD(1)), Frames " + kind[1]
                            + " CODEC(ZSTD(1))) ENGINE = MergeTree ORDER BY (ServiceName, StackHash) SETTINGS index_granularity = 1024");
            long start = System.nanoTime();
            clickHouse.slowLines("INSERT INTO variants." + kind[0] + " " + kind[2]);
            long nanos = System.nanoTime() - start;
            clickHouse.slowLines("OPTIMIZE TABLE variants." + kind[0] + " FINAL");
            String service = clickHouse.value(
                    "SELECT ServiceName FROM variants." + kind[0] + " GROUP BY 1 ORDER BY count() DESC LIMIT 1");
            String top = kind[0].equals("ids")
                    ? "SELECT Name, c FROM (SELECT f, count() AS c FROM variants.ids ARRAY JOIN Frames AS f WHERE ServiceName = '"
                            + service
                            + "' GROUP BY f) AS t INNER JOIN (SELECT Id, Name FROM variants.names WHERE ServiceName = '"
                            + service
                            + "') AS n ON t.f = n.Id ORDER BY c DESC LIMIT 20 FORMAT Null"
                    : "SELECT f, count() AS c FROM variants." + kind[0]
                            + " ARRAY JOIN Frames AS f WHERE ServiceName = '" + service
                            + "' GROUP BY f ORDER BY c DESC LIMIT 20 FORMAT Null";
            StoreComparison.print(kind[0] + ": " + size(kind[0], stacks)
                    + (kind[0].equals("ids") ? " and its names " + size("names", stacks) : "") + "; filled in "
                    + nanos / 1_000_000 + " ms; functions of the largest service " + millis(top) + " ms");
            clickHouse.lines("DROP TABLE variants." + kind[0] + " SYNC");
        }
        clickHouse.lines("DROP TABLE variants.names SYNC");
    }

    private void shapes() {
        StoreComparison.print("### hours by StackHash, and by a hash of types, functions and modules only");
        clickHouse.slowLines(
                "CREATE TABLE variants.hours ENGINE = MergeTree ORDER BY (ServiceName, SampleType, Hour, ServiceVersion, Shape) AS"
                        + " SELECT h.ServiceName AS ServiceName, SampleType, Hour, ServiceVersion, k.Shape AS Shape, sum(h.Value) AS Value, sum(h.Count) AS Count"
                        + " FROM ours.otel_profiles_1h_v1 AS h ANY LEFT JOIN (SELECT ServiceName, StackHash, sipHash64(Frames, FrameTypes, Mappings) AS Shape"
                        + " FROM ours.otel_profiles_stacks_v2) AS k ON h.ServiceName = k.ServiceName AND h.StackHash = k.StackHash GROUP BY ALL");
        clickHouse.slowLines("OPTIMIZE TABLE variants.hours FINAL");
        StoreComparison.print(
                "hours by stack: " + clickHouse.value("SELECT count() FROM ours.otel_profiles_1h_v1")
                        + " rows, by shape: "
                        + clickHouse.value("SELECT count() FROM variants.hours") + " rows; distinct: "
                        + clickHouse.value(
                                "SELECT count(), uniqExact(ServiceName, Frames, FrameTypes, Mappings) FROM ours.otel_profiles_stacks_v2"));
    }

    private String size(String table, long divisor) {
        return clickHouse.value("SELECT round(sum(bytes_on_disk) / " + divisor
                + ", 2) FROM system.parts WHERE active AND database = 'variants'" + " AND table = '" + table + "'");
    }

    private String columns(String table, String column) {
        return clickHouse.value("SELECT round(sum(column_bytes_on_disk) / " + samples
                + ", 2) FROM system.parts_columns WHERE active AND" + " database = 'variants' AND table = '" + table
                + "' AND column = '" + column + "'");
    }

    /** The fastest of three, to keep other load out. */
    private long millis(String sql) {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            long start = System.nanoTime();
            clickHouse.slowLines(sql);
            best = Math.min(best, (System.nanoTime() - start) / 1_000_000);
        }
        return best;
    }
}
