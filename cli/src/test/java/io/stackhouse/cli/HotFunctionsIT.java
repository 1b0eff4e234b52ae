package io.stackhouse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stackhouse.clickhouse.embedded.EmbeddedClickHouse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The query of the table against a real ClickHouse, with rows whose shares are known. */
final class HotFunctionsIT {

    private static final Duration MINUTE = Duration.ofSeconds(60);

    @TempDir
    private Path data;

    private EmbeddedClickHouse server;
    private ClickHouseHttp client;
    private HotFunctions functions;

    @BeforeEach
    void start() {
        assumeTrue(
                EmbeddedClickHouse.isAvailable(),
                () -> EmbeddedClickHouse.unavailableReason().orElseThrow());
        server = EmbeddedClickHouse.start(data);
        client = new ClickHouseHttp(server.endpoint());
        functions = new HotFunctions(client);
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void isEmptyBeforeAnythingWasStored() throws IOException {
        assertThat(functions.read(MINUTE, "", 10)).isEmpty();
    }

    @Test
    void countsEachStackOfEachServiceOnceThoughItIsStoredTwice() throws IOException {
        createTables();
        run(
                "INSERT INTO otel.otel_profiles_stacks VALUES (1, ['hot', 'main']), (2, ['rec', 'rec', 'main']), (1, ['hot', 'main'])");
        sample("a", 1, 60);
        sample("a", 2, 20);
        sample("b", 1, 20);

        assertThat(functions.read(MINUTE, "", 10))
                .containsExactly(
                        new HotFunction("a", "hot", 60, 60),
                        new HotFunction("a", "rec", 20, 20),
                        new HotFunction("b", "hot", 20, 20),
                        new HotFunction("a", "main", 0, 80),
                        new HotFunction("b", "main", 0, 20));
    }

    @Test
    void takesOneServicesShareOfItsOwnTimeAndItsNameLiterally() throws IOException {
        createTables();
        run("INSERT INTO otel.otel_profiles_stacks VALUES (1, ['hot', 'main']), (2, ['cold', 'main'])");
        sample("it''s \\\\ {x}", 1, 30);
        sample("it''s \\\\ {x}", 2, 10);
        sample("b", 1, 60);

        assertThat(functions.read(MINUTE, "it's \\ {x}", 1))
                .containsExactly(new HotFunction("it's \\ {x}", "hot", 75, 75));
    }

    @Test
    void looksBackOnlyAsFarAsAsked() throws IOException {
        createTables();
        run("INSERT INTO otel.otel_profiles_stacks VALUES (1, ['hot'])");
        run("INSERT INTO otel.otel_profiles_samples (Timestamp, ServiceName, SampleType, Value, StackHash)"
                + " SELECT now64(9) - INTERVAL 5 MINUTE, 'a', 'cpu', 1, 1");

        assertThat(functions.read(MINUTE, "", 10)).isEmpty();
        assertThat(functions.read(Duration.ofMinutes(10), "", 10))
                .containsExactly(new HotFunction("a", "hot", 100, 100));
    }

    private void createTables() throws IOException {
        run("CREATE DATABASE otel ENGINE = Atomic");
        run("CREATE TABLE otel.otel_profiles_samples (Timestamp DateTime64(9), ServiceName LowCardinality(String),"
                + " SampleType LowCardinality(String), Value Int64, StackHash UInt64) ENGINE = MergeTree"
                + " ORDER BY (ServiceName, SampleType, Timestamp)");
        run("CREATE TABLE otel.otel_profiles_stacks (StackHash UInt64, Frames Array(LowCardinality(String)))"
                + " ENGINE = ReplacingMergeTree ORDER BY StackHash");
    }

    private void sample(String service, int stack, int value) throws IOException {
        run("INSERT INTO otel.otel_profiles_samples (Timestamp, ServiceName, SampleType, Value, StackHash)"
                + " SELECT now64(9), '" + service + "', 'cpu', " + value + ", " + stack);
        run("INSERT INTO otel.otel_profiles_samples (Timestamp, ServiceName, SampleType, Value, StackHash)"
                + " SELECT now64(9), '" + service + "', 'wall', 1000000, " + stack);
    }

    private void run(String sql) throws IOException {
        assertThat(client.lines(sql, Map.of())).isEqualTo(List.of());
    }
}
