package io.stackhouse.exporter.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stackhouse.clickhouse.embedded.EmbeddedClickHouse;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The schema grows under collectors that write, and is the same whoever made it. */
@Timeout(120)
class SchemaIT {
    private static final int COLLECTORS = 5;
    private static final int OLD_MIGRATIONS = 3;
    private final LocalDate today = LocalDate.now(ZoneOffset.UTC);

    @TempDir
    static Path data;

    private static TestClickHouse clickHouse;

    @BeforeAll
    static void start() {
        assumeTrue(EmbeddedClickHouse.isAvailable());
        clickHouse = new TestClickHouse(data);
    }

    @AfterAll
    static void stop() {
        if (clickHouse != null) {
            clickHouse.close();
        }
    }

    /** The database as the version before left it. */
    private static void prepareOld(String database) {
        ClickHouseConfig config = clickHouse.config(database);
        clickHouse.lines("CREATE DATABASE " + database);
        clickHouse.lines("CREATE TABLE " + database + "." + Schema.MIGRATIONS_TABLE
                + " (Component String, Version UInt32, Name String, Checksum String,"
                + " AppliedAt DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC'))"
                + " ENGINE = ReplacingMergeTree(AppliedAt) ORDER BY (Component, Version)");
        for (Migration migration : Schema.migrations("profiles").subList(0, OLD_MIGRATIONS)) {
            migration.statements(Schema.placeholders(config)).forEach(clickHouse::lines);
            clickHouse.lines("INSERT INTO " + database + "." + Schema.MIGRATIONS_TABLE
                    + " (Component, Version, Name, Checksum) VALUES ('profiles', " + migration.version() + ", '"
                    + migration.name() + "', '" + migration.checksum() + "')");
        }
    }

    /** What a collector of the version before inserts for its block number {@code block}: a stack, and a sample of it. */
    private static void insertAsOld(String database, int block) {
        clickHouse.lines("INSERT INTO " + database + ".otel_profiles_stacks_v1 (ServiceName, StackHash, Month, Frames)"
                + " VALUES ('old', " + block + ", toStartOfMonth(now('UTC')), ['leaf" + block + "', 'main'])");
        clickHouse.lines("INSERT INTO " + database + ".otel_profiles_samples_v1 (Environment, ServiceName, SampleType,"
                + " SampleUnit, Timestamp, Value, Count, StackHash) VALUES ('prod', 'old', 'cpu', 'nanoseconds',"
                + " now64(9), 1, 1, " + block + ")");
    }

    @Test
    void growsUnderAnOldWriterWhileSeveralCollectorsStart() throws InterruptedException, ExecutionException {
        prepareOld("grown");
        insertAsOld("grown", 1);
        AtomicBoolean isPrepared = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(COLLECTORS + 1);
        CountDownLatch go = new CountDownLatch(1);
        Callable<Integer> oldWriter = () -> {
            int block = 1;
            go.await();
            while (!isPrepared.get()) {
                insertAsOld("grown", ++block);
            }
            insertAsOld("grown", ++block);
            return block;
        };
        Future<Integer> written = threads.submit(oldWriter);
        List<Future<?>> collectors = new ArrayList<>();
        for (int i = 0; i < COLLECTORS; i++) {
            collectors.add(threads.submit(() -> {
                go.await();
                try (ClickHouseClient client = new ClickHouseClient(clickHouse.config("grown"))) {
                    new Schema(client, clickHouse.config("grown")).prepare();
                }
                return null;
            }));
        }
        go.countDown();
        for (Future<?> collector : collectors) {
            collector.get();
        }
        isPrepared.set(true);
        int blocks = written.get();
        threads.shutdown();

        assertThat(blocks).isGreaterThan(2);
        assertThat(clickHouse.value("SELECT count(), countIf(empty(Frames)), uniqExact(Frames[1])"
                        + " FROM grown.otel_profiles_frames WHERE ServiceName = 'old'"))
                .isEqualTo(blocks + "\t0\t" + blocks);
        assertThat(clickHouse.value("SELECT Function, Total FROM grown.otel_profiles_top_functions(type = 'cpu',"
                        + " service = 'old', from = '" + today + "', to = '" + today.plusDays(2)
                        + "') ORDER BY Total DESC LIMIT 1"))
                .isEqualTo("main\t" + blocks);
    }

    @Test
    void isTheSameWhetherItGrewOrWasMadeAtOnce() {
        prepareOld("old_first");
        for (String database : List.of("old_first", "at_once")) {
            try (ClickHouseClient client = new ClickHouseClient(clickHouse.config(database))) {
                new Schema(client, clickHouse.config(database)).prepare();
            }
        }
        String tables =
                "SELECT name, replaceAll(create_table_query, database, 'db') FROM system.tables WHERE database = '";
        List<String> atOnce = clickHouse.lines(tables + "at_once' ORDER BY name");
        assertThat(atOnce).hasSizeGreaterThan(20);
        assertThat(clickHouse.lines(tables + "old_first' ORDER BY name")).isEqualTo(atOnce);
    }

    @Test
    void isTheSameWhenItsScriptIsRunByHandAndACollectorThatMayCreateNothingTakesIt() {
        try (ClickHouseClient client = new ClickHouseClient(clickHouse.config("by_itself"))) {
            new Schema(client, clickHouse.config("by_itself")).prepare();
        }
        ClickHouseConfig config = TestClickHouse.with(
                clickHouse.config("by_hand"), clickHouse.server.endpoint().toString(), "", false);
        String script = String.join(";\n", SchemaScript.whole(config)) + ";";
        SqlScript.statements(script).forEach(clickHouse::lines);

        try (ClickHouseClient client = new ClickHouseClient(config)) {
            new Schema(client, config).prepare();
        }
        String tables =
                "SELECT name, replaceAll(create_table_query, database, 'db') FROM system.tables WHERE database = '";
        assertThat(clickHouse.lines(tables + "by_hand' ORDER BY name"))
                .isEqualTo(clickHouse.lines(tables + "by_itself' ORDER BY name"));
    }
}
