package io.stackhouse.exporter.clickhouse;

import static io.stackhouse.exporter.clickhouse.TestClickHouse.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stackhouse.clickhouse.embedded.EmbeddedClickHouse;
import io.stackhouse.exporter.testing.RecordingReceipt;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Origin;
import io.stackhouse.pipeline.batch.ProfileBatch;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What happens when ClickHouse dies, is silent, is not there, or is not as it should be. */
@Timeout(120)
class ClickHouseFaultsIT {
    private static final int ROWS = 2_000;

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

    private static ClickHouseExporter started(ClickHouseConfig config, Duration closeTimeout) {
        ClickHouseExporter exporter = new ClickHouseExporter(config, Telemetry.none(), null, closeTimeout);
        exporter.start();
        return exporter;
    }

    private static RecordingReceipt send(ClickHouseExporter exporter, String service) {
        long now = Telemetry.none().clock().unixNanos();
        ProfileBatch batch = TestBatches.rows(service, ROWS, now);
        RecordingReceipt receipt = new RecordingReceipt();
        batch.setReceipt(receipt);
        exporter.accept(batch);
        return receipt;
    }

    private static void awaitDelivered(List<RecordingReceipt> receipts) {
        await().atMost(Duration.ofSeconds(60)).until(() -> receipts.stream().noneMatch(r -> r.calls.isEmpty()));
        assertThat(receipts).allSatisfy(r -> assertThat(r.calls).containsExactly(RecordingReceipt.DELIVERED));
    }

    @Test
    void storesEveryRowOnceWhenClickHouseIsKilledAndComesBack() {
        List<RecordingReceipt> receipts = new ArrayList<>();
        try (ClickHouseExporter exporter = started(clickHouse.config("killed"), Duration.ofSeconds(10))) {
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < 20; i++) {
                    receipts.add(send(exporter, "s" + receipts.size()));
                }
                RecordingReceipt first = receipts.get(receipts.size() - 20);
                await().atMost(Duration.ofSeconds(60)).until(() -> !first.calls.isEmpty());
                clickHouse.server.kill();
                for (int i = 0; i < 5; i++) {
                    receipts.add(send(exporter, "s" + receipts.size()));
                }
                clickHouse.server.restart();
            }
            awaitDelivered(receipts);
        }
        assertThat(clickHouse.lines(
                        "SELECT count(), sum(Value), uniqExact(ServiceName) FROM killed.otel_profiles_samples"))
                .containsExactly(75 * ROWS + "\t" + 75L * ROWS * (ROWS + 1) / 2 + "\t75");
        assertThat(clickHouse.lines(
                        "SELECT ServiceName, count() FROM killed.otel_profiles_samples GROUP BY 1 HAVING count() != "
                                + ROWS))
                .isEmpty();
        assertThat(clickHouse.value("SELECT count() FROM killed.otel_profiles_frames WHERE empty(Frames)"))
                .isEqualTo("0");
    }

    @Test
    void storesABlockOnceWhoseAnswerWasLost() throws IOException, InterruptedException {
        try (StallingProxy proxy = new StallingProxy(clickHouse.server.httpPort());
                ClickHouseExporter exporter = started(
                        with(clickHouse.config("lost_answer"), proxy.endpoint(), "", true), Duration.ofSeconds(10))) {
            proxy.setMode(StallingProxy.Mode.CUT_ANSWERS);
            RecordingReceipt receipt = send(exporter, "s");
            proxy.awaitLostAnswer();
            proxy.setMode(StallingProxy.Mode.PASS);
            awaitDelivered(List.of(receipt));
        }
        assertThat(clickHouse.value("SELECT count() FROM lost_answer.otel_profiles_samples"))
                .isEqualTo(Integer.toString(ROWS));
    }

    @Test
    void closesInTimeWhenClickHouseDoesNotAnswer() throws IOException, InterruptedException {
        RecordingReceipt receipt;
        long startNanos;
        try (StallingProxy proxy = new StallingProxy(clickHouse.server.httpPort())) {
            ClickHouseExporter exporter =
                    started(with(clickHouse.config("silent"), proxy.endpoint(), "", true), Duration.ofMillis(300));
            proxy.setMode(StallingProxy.Mode.STALL);
            receipt = send(exporter, "s");
            proxy.awaitLostAnswer();
            startNanos = System.nanoTime();
            exporter.close();
        }
        assertThat(System.nanoTime() - startNanos)
                .isLessThan(Duration.ofSeconds(5).toNanos());
        assertThat(receipt.calls).hasSize(1);
        assertThat(receipt.calls.get(0)).isNotEqualTo(RecordingReceipt.DELIVERED);
    }

    @Test
    void closesInTimeWhenClickHouseIsAway() throws IOException {
        ClickHouseExporter exporter;
        try (StallingProxy proxy = new StallingProxy(clickHouse.server.httpPort())) {
            exporter = started(with(clickHouse.config("away"), proxy.endpoint(), "", true), Duration.ofMillis(300));
        }
        RecordingReceipt receipt = send(exporter, "s");
        long startNanos = System.nanoTime();
        exporter.close();
        assertThat(System.nanoTime() - startNanos)
                .isLessThan(Duration.ofSeconds(5).toNanos());
        assertThat(receipt.calls).singleElement().asString().contains("closed");
        assertThat(send(exporter, "late").calls).singleElement().asString().contains("closed");
        exporter.close();
    }

    @Test
    void deliversWhatIsQueuedWhenItIsClosed() {
        ClickHouseExporter exporter = started(clickHouse.config("closed"), Duration.ofSeconds(10));
        List<RecordingReceipt> receipts = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            receipts.add(send(exporter, "s" + i));
        }
        exporter.close();
        assertThat(receipts).allSatisfy(r -> assertThat(r.calls).containsExactly(RecordingReceipt.DELIVERED));
        assertThat(clickHouse.value("SELECT count() FROM closed.otel_profiles_samples"))
                .isEqualTo(Integer.toString(10 * ROWS));
    }

    @Test
    void waitsWhileTheTableCantTakeItAndGoesOnWhenItIsMended() throws InterruptedException {
        try (ClickHouseExporter exporter = started(clickHouse.config("mismatch"), Duration.ofSeconds(10))) {
            clickHouse.lines("ALTER TABLE mismatch.otel_profiles_samples_v1 DROP COLUMN OriginalUnit");
            RecordingReceipt waiting = send(exporter, "s");
            Thread.sleep(1_000);
            assertThat(waiting.calls).isEmpty();
            clickHouse.lines("ALTER TABLE mismatch.otel_profiles_samples_v1 ADD COLUMN OriginalUnit String");
            awaitDelivered(List.of(waiting, send(exporter, "s")));
        }
        assertThat(clickHouse.value("SELECT count() FROM mismatch.otel_profiles_samples_v1"))
                .isEqualTo(Integer.toString(2 * ROWS));
    }

    @Test
    void deliversAfterARestartWhatWasInTheLogAndKnowsTheRequestsInIt(@TempDir Path folder) throws IOException {
        ClickHouseConfig config = clickHouse.config("restarted");
        started(config, Duration.ofSeconds(1)).close();
        List<RecordingReceipt> receipts = new ArrayList<>();
        try (StallingProxy proxy = new StallingProxy(clickHouse.server.httpPort())) {
            ClickHouseExporter exporter = new ClickHouseExporter(
                    with(config, proxy.endpoint(), "", true), Telemetry.none(), folder, Duration.ofMillis(300));
            exporter.start();
            proxy.setMode(StallingProxy.Mode.CUT_ANSWERS);
            for (int i = 0; i < 5; i++) {
                receipts.add(send(exporter, "s" + i, origin(i)));
            }
            awaitDelivered(receipts);
            exporter.close();
        }
        try (ClickHouseExporter again =
                new ClickHouseExporter(config, Telemetry.none(), folder, Duration.ofSeconds(10))) {
            again.start();
            assertThat(again.has(origin(3))).isTrue();
            assertThat(again.has(origin(5))).isFalse();
            awaitDelivered(List.of(send(again, "s3", origin(3)), send(again, "s5", origin(5))));
        }
        assertThat(clickHouse.lines(
                        "SELECT ServiceName, count() FROM restarted.otel_profiles_samples GROUP BY 1 ORDER BY 1"))
                .containsExactly("s0\t2000", "s1\t2000", "s2\t2000", "s3\t2000", "s4\t2000", "s5\t2000");
        assertThat(clickHouse.value("SELECT count() FROM restarted.otel_profiles_frames WHERE empty(Frames)"))
                .isEqualTo("0");
    }

    @Test
    void putsAsideWhatClickHouseNeverTakesAndSaysHowToSendItAgain(@TempDir Path folder)
            throws IOException, InterruptedException {
        ClickHouseConfig config = clickHouse.config("aside");
        try (ClickHouseExporter exporter =
                new ClickHouseExporter(config, Telemetry.none(), folder, Duration.ofSeconds(10))) {
            exporter.start();
            clickHouse.lines("ALTER TABLE aside.otel_profiles_samples_v1 ADD CONSTRAINT small CHECK Value < 100");
            awaitDelivered(List.of(send(exporter, "s", origin(1))));
            Path letters = folder.resolve("dead_letter");
            await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(letters) && count(letters) == 2);
            clickHouse.lines("ALTER TABLE aside.otel_profiles_samples_v1 DROP CONSTRAINT small");
            awaitDelivered(List.of(send(exporter, "t", origin(2))));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> clickHouse
                            .value("SELECT count() FROM aside.otel_profiles_samples")
                            .equals(Integer.toString(ROWS)));
            sendAgain(letters);
            sendAgain(letters);
        }
        assertThat(clickHouse.value("SELECT count() FROM aside.otel_profiles_samples"))
                .isEqualTo(Integer.toString(2 * ROWS));
    }

    /** Runs the command that stands in the letter. */
    private static void sendAgain(Path letters) throws IOException, InterruptedException {
        List<Path> files;
        try (var listed = Files.list(letters)) {
            files = listed.filter(file -> file.toString().endsWith(".txt")).toList();
        }
        String letter = Files.readString(files.get(0));
        assertThat(letter).contains("small").contains("possibly partly written");
        String command = letter.lines()
                .filter(line -> line.startsWith("curl"))
                .findFirst()
                .orElseThrow()
                .replace("http://HOST:8123", clickHouse.server.endpoint().toString());
        Process curl = new ProcessBuilder("bash", "-c", command + " --fail-with-body -s")
                .directory(letters.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(curl.waitFor()).as(output).isZero();
    }

    private static long count(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.count();
        }
    }

    private static Origin origin(long sequence) {
        return new Origin("journal", sequence, 1_000 + sequence, 0);
    }

    private static RecordingReceipt send(ClickHouseExporter exporter, String service, Origin origin) {
        ProfileBatch batch =
                TestBatches.rows(service, ROWS, Telemetry.none().clock().unixNanos());
        RecordingReceipt receipt = new RecordingReceipt(origin);
        batch.setReceipt(receipt);
        exporter.accept(batch);
        return receipt;
    }

    @Test
    void widensDeduplicationWindowsThatAreTooSmallOrSaysHow() {
        String table = "windows.otel_profiles_samples_v1";
        started(clickHouse.config("windows"), Duration.ofSeconds(1)).close();
        clickHouse.lines("ALTER TABLE " + table + " MODIFY SETTING non_replicated_deduplication_window = 5");
        ClickHouseConfig careful =
                with(clickHouse.config("windows"), clickHouse.server.endpoint().toString(), "", false);

        assertThatThrownBy(() -> started(careful, Duration.ofSeconds(1)))
                .hasMessageContaining("ALTER TABLE `windows`.`otel_profiles_samples_v1` MODIFY SETTING");
        started(clickHouse.config("windows"), Duration.ofSeconds(1)).close();

        assertThat(clickHouse.value("SELECT create_table_query FROM system.tables WHERE database = 'windows'"
                        + " AND name = 'otel_profiles_samples_v1'"))
                .contains("non_replicated_deduplication_window = 10000");
        started(careful, Duration.ofSeconds(1)).close();
    }

    @Test
    void preparesTheSchemaFromSeveralCollectorsAtOnce() throws InterruptedException, ExecutionException {
        int collectors = 6;
        ExecutorService threads = Executors.newFixedThreadPool(collectors);
        CountDownLatch go = new CountDownLatch(1);
        List<Future<?>> starts = new ArrayList<>();
        for (int i = 0; i < collectors; i++) {
            starts.add(threads.submit(() -> {
                go.await();
                started(clickHouse.config("together"), Duration.ofSeconds(1)).close();
                return null;
            }));
        }
        go.countDown();
        for (Future<?> one : starts) {
            one.get();
        }
        threads.shutdown();
        started(clickHouse.config("together"), Duration.ofSeconds(1)).close();
        assertThat(clickHouse.lines("SELECT Component, Version, uniqExact(Checksum) FROM together."
                        + Schema.MIGRATIONS_TABLE + " GROUP BY ALL ORDER BY ALL"))
                .containsExactly(
                        "profiles\t1\t1",
                        "profiles\t2\t1",
                        "profiles\t3\t1",
                        "profiles\t4\t1",
                        "profiles\t5\t1",
                        "traces:otel_traces\t1\t1",
                        "traces:otel_traces\t2\t1",
                        "traces:otel_traces\t3\t1");
    }

    @Test
    void refusesASchemaOfAnotherBuild() {
        started(clickHouse.config("other"), Duration.ofSeconds(1)).close();
        clickHouse.lines("INSERT INTO other." + Schema.MIGRATIONS_TABLE
                + " (Component, Version, Name, Checksum, AppliedAt) VALUES ('profiles', 2, 'x', 'abc', now() + 60)");
        clickHouse.lines("OPTIMIZE TABLE other." + Schema.MIGRATIONS_TABLE + " FINAL");
        assertThatThrownBy(() -> started(clickHouse.config("other"), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("0002_views.sql")
                .hasMessageContaining("abc");
    }

    @Test
    void saysWhatIsMissingWhenItMayNotCreateTheSchema() {
        ClickHouseConfig config =
                with(clickHouse.config("absent"), clickHouse.server.endpoint().toString(), "", false);
        assertThatThrownBy(() -> started(config, Duration.ofSeconds(1)))
                .hasMessageContaining("database absent")
                .hasMessageContaining("create_schema");
    }

    @Test
    void saysThatTheUserIsNotKnown() {
        ClickHouseConfig config =
                with(clickHouse.config("x"), clickHouse.server.endpoint().toString(), "hunter2", true);
        assertThatThrownBy(() -> started(config, Duration.ofSeconds(1)))
                .hasMessageContaining(clickHouse.server.endpoint().toString())
                .hasMessageContaining("check username and password")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void saysThatNobodyListens() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        ClickHouseConfig config = with(clickHouse.config("x"), "http://127.0.0.1:" + port, "", true);
        assertThatThrownBy(() -> started(config, Duration.ofSeconds(1)))
                .hasMessageContaining("http://127.0.0.1:" + port)
                .hasMessageContaining("refused")
                .hasMessageContaining("start ClickHouse, or correct endpoint");
    }

    @Test
    void waitsForAClickHouseThatStartsLater() throws IOException, InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newSingleThreadExecutor();
        clickHouse.server.kill();
        ClickHouseConfig patient = clickHouse.config("later");
        Future<ClickHouseExporter> starting = threads.submit(() -> started(patient, Duration.ofSeconds(1)));
        clickHouse.server.restart();
        starting.get().close();
        threads.shutdown();
        assertThat(clickHouse.value("EXISTS later.otel_profiles_samples")).isEqualTo("1");
    }
}
