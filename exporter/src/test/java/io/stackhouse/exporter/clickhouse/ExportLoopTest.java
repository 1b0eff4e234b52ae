package io.stackhouse.exporter.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.clickhouse.client.api.ServerException;
import io.stackhouse.exporter.clickhouse.ClickHouseConfig.BatchLimits;
import io.stackhouse.exporter.delivery.RetryOnFailure;
import io.stackhouse.exporter.delivery.StopSignal;
import io.stackhouse.exporter.testing.RecordingMeter;
import io.stackhouse.exporter.testing.RecordingReceipt;
import io.stackhouse.pipeline.ByteSize;
import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.Receipt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The exporter's thread, run by the test's own, with a destination that fails on demand. */
@Timeout(30)
class ExportLoopTest {
    private static final long NOW = 1_800_000_000_000_000_000L;
    private static final int NEVER = 44;

    private final BatchQueue queue = new BatchQueue();
    private final StopSignal stop = new StopSignal();
    private final RecordingMeter meter = new RecordingMeter();
    private final ExporterMetrics metrics = new ExporterMetrics(
            new Telemetry(ComponentId.parse("clickhouse"), meter.meter(), Clock.system()), queue::rows);
    private final TableGroup profiles =
            new ProfileTables(1000, new BlockEncoder(ClickHouseConfig.Compress.NONE), metrics);
    private final List<Block> attempts = new ArrayList<>();
    private final List<Block> stored = new ArrayList<>();
    private final List<RuntimeException> failures = new ArrayList<>();
    private Duration flushTimeout = Duration.ofHours(1);
    private Duration maxElapsed = Duration.ZERO;
    private boolean isRetryEnabled = true;

    private void insert(Block block) {
        attempts.add(block);
        if (!failures.isEmpty()) {
            throw failures.remove(0);
        }
        stored.add(block);
    }

    private Shard shard() {
        RetryOnFailure retry =
                new RetryOnFailure(isRetryEnabled, Duration.ofNanos(1000), 0, 1, Duration.ofNanos(1000), maxElapsed);
        BlockSender sender =
                new BlockSender("test", this::insert, retry, new BlockSender.Context(stop, Clock.system(), metrics));
        return new Shard(
                "test",
                new BlockLog(null, 1, 1, Clock.system()),
                sender,
                null,
                new Shard.Shared(new BlockWidth(Clock.system()), metrics, Clock.system()));
    }

    private ExportLoop loop(int maxSize, Shard shard) {
        BatchLimits limits = new BatchLimits(flushTimeout, maxSize, ByteSize.ofMebibytes(1));
        BlockWidth width = new BlockWidth(Clock.system());
        BlockEncoder encoder = new BlockEncoder(ClickHouseConfig.Compress.NONE);
        TableGroup spans = new SpanTables("otel_traces", encoder, metrics);
        return new ExportLoop(
                queue,
                new OpenBlocks(Signal.PROFILES, profiles, limits, width, Clock.system()),
                new OpenBlocks(Signal.TRACES, spans, limits, width, Clock.system()),
                new Store(shard, Long.MAX_VALUE, stop, Clock.system()),
                metrics);
    }

    private RecordingReceipt offer(Batch batch) {
        RecordingReceipt receipt = new RecordingReceipt();
        batch.setReceipt(receipt);
        assertThat(queue.offer(batch)).isTrue();
        return receipt;
    }

    private void runToTheEnd(int maxSize) {
        queue.close();
        Shard shard = shard();
        loop(maxSize, shard).run();
        send(shard);
    }

    private static void send(Shard shard) {
        shard.start(1);
        shard.drain();
        try {
            assertThat(shard.join(10_000)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        shard.log().close();
    }

    private List<String> storedTables() {
        return stored.stream().map(Block::table).toList();
    }

    private static ServerException server(int code) {
        return new ServerException(code, "no", 500, "query");
    }

    @Test
    void sendsStacksAndResourcesBeforeTheirSamples() {
        RecordingReceipt receipt = offer(TestBatches.rows("s", 25, NOW));
        runToTheEnd(1000);
        assertThat(storedTables())
                .containsExactly(StackTable.NAME, ResourceTable.NAME, TotalTable.NAME, SampleTable.NAME);
        assertThat(stored.stream().map(Block::rows)).containsExactly(10, 1, 1, 25);
        assertThat(receipt.calls).containsExactly(RecordingReceipt.DELIVERED);
    }

    @Test
    void gathersBatchesIntoOneBlockAndSendsStacksOnce() {
        offer(TestBatches.rows("s", 25, NOW));
        offer(TestBatches.rows("s", 25, NOW));
        offer(TestBatches.rows("t", 1, NOW));
        runToTheEnd(1000);
        assertThat(stored.stream().map(Block::rows)).containsExactly(11, 2, 2, 51);
    }

    @Test
    void cutsABatchThatIsLargerThanABlock() {
        RecordingReceipt receipt = offer(TestBatches.rows("s", 25, NOW));
        runToTheEnd(10);
        assertThat(meter.sum("otelcol_exporter_sent_profile_samples")).isEqualTo(25);
        assertThat(meter.sum("stackhouse_exporter_sent_stacks")).isEqualTo(10);
        assertThat(meter.sum("otelcol_exporter_queue_batch_send_size")).isEqualTo(39);
        assertThat(storedTables())
                .containsExactly(
                        StackTable.NAME,
                        ResourceTable.NAME,
                        TotalTable.NAME,
                        SampleTable.NAME,
                        TotalTable.NAME,
                        SampleTable.NAME,
                        TotalTable.NAME,
                        SampleTable.NAME);
        assertThat(stored.stream().map(Block::rows)).containsExactly(10, 1, 1, 10, 1, 10, 1, 5);
        assertThat(stored.stream().map(Block::token)).doesNotHaveDuplicates();
        assertThat(receipt.calls).containsExactly(RecordingReceipt.DELIVERED);
    }

    @Test
    void repeatsTheSameBytesUnderTheSameToken() {
        failures.add(server(InsertFailure.TOO_MANY_PARTS));
        failures.add(server(241));
        RecordingReceipt receipt = offer(TestBatches.rows("s", 1, NOW));
        runToTheEnd(1000);
        assertThat(meter.sum("stackhouse_exporter_retries")).isEqualTo(2);
        assertThat(attempts).hasSize(6);
        assertThat(attempts.get(0)).isSameAs(attempts.get(1)).isSameAs(attempts.get(2));
        assertThat(stored).hasSize(4);
        assertThat(receipt.calls).containsExactly(RecordingReceipt.DELIVERED);
    }

    @Test
    void dropsABlockThatWillNeverBeTakenAndSendsItsStacksAgain() {
        failures.add(server(NEVER));
        Shard shard = shard();
        ExportLoop first = loop(1000, shard);
        RecordingReceipt dropped = offer(TestBatches.rows("s", 1, NOW));
        queue.close();
        first.run();
        send(shard);
        assertThat(dropped.calls).singleElement().asString().contains("never take it");
        assertThat(shard.hasLostReferences()).isTrue();
        assertThat(storedTables()).containsExactly(ResourceTable.NAME, TotalTable.NAME, SampleTable.NAME);
        assertThat(meter.sum("stackhouse_exporter_put_aside_blocks")).isEqualTo(1);
    }

    @Test
    void forgetsWhatItTookForStored() {
        profiles.open(TestBatches.rows("s", 1, NOW));
        profiles.append(0);
        assertThat(profiles.cut().stream().map(Block::table)).contains(StackTable.NAME);
        profiles.kept(true);
        profiles.forgetSent();
        profiles.open(TestBatches.rows("s", 1, NOW));
        profiles.append(0);
        assertThat(profiles.cut().stream().map(Block::table)).contains(StackTable.NAME);
    }

    @Test
    void givesUpAfterTheMaximumElapsedTime() {
        maxElapsed = Duration.ofNanos(1);
        failures.add(server(InsertFailure.TOO_MANY_PARTS));
        RecordingReceipt receipt = offer(TestBatches.rows("s", 1, NOW));
        runToTheEnd(1000);
        assertThat(receipt.calls).singleElement().asString().contains("max_elapsed_time");
    }

    @Test
    void doesNotRepeatWhenRetryIsOff() {
        isRetryEnabled = false;
        failures.add(server(InsertFailure.TOO_MANY_PARTS));
        RecordingReceipt receipt = offer(TestBatches.rows("s", 1, NOW));
        runToTheEnd(1000);
        assertThat(receipt.calls).singleElement().asString().contains("retry_on_failure is off");
    }

    @Test
    void dropsABrokenBatchAloneAndKeepsTheRowsAroundIt() {
        RecordingReceipt before = offer(TestBatches.rows("s", 5, NOW));
        Profiles broken = new Profiles();
        int profile = broken.profile(TestBatches.header(broken.resource(TestBatches.service("s")), NOW));
        broken.row(broken.sample(profile, broken.stack(broken.named("f")), 0), 1, 0);
        broken.row(broken.sample(profile, 99, 0), 1, 0);
        RecordingReceipt receipt = offer(broken.build(NOW));
        RecordingReceipt after = offer(TestBatches.rows("s", 5, NOW));
        runToTheEnd(1000);
        assertThat(before.calls).containsExactly(RecordingReceipt.DELIVERED);
        assertThat(receipt.calls).singleElement().asString().contains("can't be written as rows");
        assertThat(after.calls).containsExactly(RecordingReceipt.DELIVERED);
        assertThat(meter.sum("otelcol_exporter_sent_profile_samples")).isEqualTo(10);
        assertThat(meter.sum("otelcol_exporter_send_failed_profile_samples")).isEqualTo(2);
        assertThat(stored.get(stored.size() - 1).rows()).isEqualTo(10);
    }

    @Test
    void givesBackWhatIsLeftWhenTimeIsUp() {
        stop.stopWithin(0);
        RecordingReceipt first = offer(TestBatches.rows("s", 5, NOW));
        RecordingReceipt second = offer(TestBatches.rows("s", 5, NOW));
        runToTheEnd(3);
        assertThat(stored).isEmpty();
        assertThat(first.calls).singleElement().asString().contains("returned: ", "closed");
        assertThat(second.calls).singleElement().asString().contains("returned: ", "closed");
        assertThat(meter.sum("otelcol_exporter_send_failed_profile_samples")).isEqualTo(10);
    }

    @Test
    void settlesEverythingWhenTheThreadDies() {
        ProfileBatch killer = TestBatches.rows("s", 5, NOW);
        RecordingReceipt first = offer(killer);
        RecordingReceipt second = offer(TestBatches.rows("s", 5, NOW));
        queue.close();
        Error error = new AssertionError("thrown by the test");
        ExportLoop loop = new ExportLoop(
                queue,
                new OpenBlocks(
                        Signal.PROFILES,
                        new FailingTables(error),
                        new BatchLimits(flushTimeout, 1, ByteSize.ofMebibytes(1)),
                        new BlockWidth(Clock.system()),
                        Clock.system()),
                new OpenBlocks(
                        Signal.TRACES,
                        new SpanTables("t", new BlockEncoder(ClickHouseConfig.Compress.NONE), metrics),
                        new BatchLimits(flushTimeout, 1, ByteSize.ofMebibytes(1)),
                        new BlockWidth(Clock.system()),
                        Clock.system()),
                new Store(shard(), Long.MAX_VALUE, stop, Clock.system()),
                metrics);
        assertThatThrownBy(loop::run).isSameAs(error);
        assertThat(first.calls).hasSize(1);
        assertThat(second.calls).hasSize(1);
        assertThat(queue.offer(TestBatches.rows("s", 1, NOW))).isFalse();
    }

    @Test
    void sendsABlockWhenItIsDue() throws InterruptedException {
        flushTimeout = Duration.ofMillis(1);
        CountDownLatch delivered = new CountDownLatch(1);
        Shard shard = shard();
        shard.start(1);
        Thread thread = new Thread(loop(1000, shard));
        thread.start();
        ProfileBatch batch = TestBatches.rows("s", 1, NOW);
        batch.setReceipt(new Receipt() {
            @Override
            public void delivered() {
                delivered.countDown();
            }

            @Override
            public void dropped(String reason) {
                throw new AssertionError(reason);
            }
        });
        queue.offer(batch);
        delivered.await();
        queue.close();
        thread.join();
        shard.drain();
        assertThat(shard.join(10_000)).isTrue();
    }

    /** Tables whose encoding fails as a program does. */
    private record FailingTables(Error error) implements TableGroup {
        @Override
        public int open(Batch batch) {
            return batch.size();
        }

        @Override
        public void append(int item) {
            throw error;
        }

        @Override
        public int items() {
            return 0;
        }

        @Override
        public long byteCount() {
            return 0;
        }

        @Override
        public void mark() {}

        @Override
        public void rollback() {}

        @Override
        public List<Block> cut() {
            return List.of();
        }

        @Override
        public void kept(boolean isKept) {}

        @Override
        public void forgetSent() {}
    }

    @Test
    void sendsAStackAgainWhenItHasMoreNames() {
        for (int i = 0; i < 4; i++) {
            Profiles profiles = new Profiles();
            int mapping = profiles.mapping("/bin/x", profiles.attribute("process.executable.build_id.gnu", "beef"));
            List<Profiles.Line> lines =
                    i < 2 ? List.of() : List.of(new Profiles.Line(profiles.function("late", "", "", 0), 1, 0));
            int stack = profiles.stack(profiles.location(mapping, 0x10, lines));
            int profile = profiles.profile(TestBatches.header(profiles.resource(TestBatches.service("s")), NOW));
            profiles.row(profiles.sample(profile, stack, 0), 1, 0);
            offer(profiles.build(NOW));
        }
        runToTheEnd(1);
        assertThat(storedTables())
                .containsExactly(
                        StackTable.NAME,
                        ResourceTable.NAME,
                        TotalTable.NAME,
                        SampleTable.NAME,
                        TotalTable.NAME,
                        SampleTable.NAME,
                        StackTable.NAME,
                        TotalTable.NAME,
                        SampleTable.NAME,
                        TotalTable.NAME,
                        SampleTable.NAME);
    }
}
