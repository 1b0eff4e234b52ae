package io.stackhouse.clickhouse.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EmbeddedClickHouseIT {

    private static final long SIGILL_BUS_FPE_SEGV = 1L << 3 | 1L << 6 | 1L << 7 | 1L << 10;

    @TempDir
    private Path data;

    @BeforeEach
    void requireEngine() {
        assumeTrue(
                EmbeddedClickHouse.isAvailable(),
                () -> EmbeddedClickHouse.unavailableReason().orElseThrow());
    }

    @Test
    void keepsAcknowledgedRowsOverKillAndRestartOnTheSamePorts() throws Exception {
        try (EmbeddedClickHouse server = EmbeddedClickHouse.start(data)) {
            int httpPort = server.httpPort();
            Query.run(server.endpoint(), "CREATE DATABASE t ENGINE = Atomic");
            Query.run(server.endpoint(), "CREATE TABLE t.r (n UInt64) ENGINE = MergeTree ORDER BY n");
            Query.run(server.endpoint(), "INSERT INTO t.r SELECT number FROM numbers(100000)");

            server.kill();
            assertThat(server.isAlive()).isFalse();
            server.restart();

            assertThat(server.httpPort()).isEqualTo(httpPort);
            assertThat(Query.run(server.endpoint(), "SELECT count(), sum(n) FROM t.r"))
                    .isEqualTo("100000\t4999950000");
        }
    }

    @Test
    void capsTheMemoryOfTheServerAndOfAQuery() throws Exception {
        try (EmbeddedClickHouse server = EmbeddedClickHouse.start(data, List.of("--memory", "384MiB"))) {
            assertThat(Query.run(
                            server.endpoint(),
                            "SELECT value FROM system.server_settings WHERE name = 'max_server_memory_usage'"))
                    .isEqualTo(Long.toString(384L << 20));
            assertThatThrownBy(
                            () -> Query.run(
                                    server.endpoint(),
                                    "SELECT length(groupArray(toString(number))) FROM numbers(50000000) SETTINGS max_threads = 1"))
                    .hasMessageContaining("MEMORY_LIMIT_EXCEEDED");
            assertThat(Query.run(server.endpoint(), "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void answersTheNativeProtocolOnItsPort() throws Exception {
        try (EmbeddedClickHouse server = EmbeddedClickHouse.start(data)) {
            String remote = "SELECT count() FROM remote('127.0.0.1:" + server.tcpPort() + "', system.one)";
            assertThat(Query.run(server.endpoint(), remote)).isEqualTo("1");
        }
    }

    @Test
    void tellsItsEndpointInAFileWhileItRuns() throws Exception {
        Path file = data.resolve("clickhouse-endpoint");
        try (EmbeddedClickHouse server = EmbeddedClickHouse.start(data)) {
            assertThat(file)
                    .hasContent("http.port=" + server.httpPort() + "\ntcp.port=" + server.tcpPort() + "\npid="
                            + server.pid());
        }
        assertThat(file).doesNotExist();
    }

    @Test
    void keepsTheSignalHandlersThatTheJvmNeeds() throws Exception {
        try (EmbeddedClickHouse server = EmbeddedClickHouse.start(data)) {
            String caught = Files.readAllLines(Path.of("/proc/" + server.pid() + "/status")).stream()
                    .filter(line -> line.startsWith("SigCgt:"))
                    .findFirst()
                    .orElseThrow();
            long mask =
                    Long.parseUnsignedLong(caught.substring("SigCgt:".length()).trim(), 16);
            assertThat(mask & SIGILL_BUS_FPE_SEGV).isEqualTo(SIGILL_BUS_FPE_SEGV);
        }
    }

    @Test
    void refusesASecondServerOnTheSameFolder() {
        try (EmbeddedClickHouse first = EmbeddedClickHouse.start(data)) {
            assertThat(first.isAlive()).isTrue();
            assertThatThrownBy(() -> EmbeddedClickHouse.start(data))
                    .hasMessageContaining("another server uses the data folder " + data);
        }
    }

    @Test
    void namesThePortThatIsTakenAndTheOptionToChange() {
        try (EmbeddedClickHouse first = EmbeddedClickHouse.start(data.resolve("first"))) {
            String taken = Integer.toString(first.httpPort());
            assertThatThrownBy(() -> EmbeddedClickHouse.start(data.resolve("second"), List.of("--http-port", taken)))
                    .hasMessageContaining("port " + taken + " on 127.0.0.1 can't be had")
                    .hasMessageContaining("choose another with --http-port");
            assertThatThrownBy(() -> EmbeddedClickHouse.start(data.resolve("second"), List.of("--tcp-port", taken)))
                    .hasMessageContaining("choose another with --tcp-port");
        }
    }
}
