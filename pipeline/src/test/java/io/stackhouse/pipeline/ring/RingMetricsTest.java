package io.stackhouse.pipeline.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.Component;
import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.Request;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.log.MemoryJournal;
import io.stackhouse.pipeline.ring.RingSettings.StageThreads;
import io.stackhouse.pipeline.testing.MetricReadings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a pipeline says of its rings and stages. */
@Timeout(60)
class RingMetricsTest {
    private static final Ack ACK = new Ack() {
        @Override
        public void accepted() {}

        @Override
        public void refused(RefusedException reason) {
            throw new AssertionError(reason);
        }
    };

    private final MetricReadings readings = new MetricReadings();
    private final Telemetry telemetry =
            new Telemetry(ComponentId.parse("traces/x"), readings.meters().get("test"), Clock.system());
    private final Semaphore permits = new Semaphore(0);
    private final MemoryJournal journal = new MemoryJournal(1L << 20, Telemetry.none());
    private final List<Component> parts = new ArrayList<>();

    /** Hands on what it has a permit for. */
    private final class Gate implements Processor {
        private final Consumer next;

        Gate(Consumer next) {
            this.next = next;
        }

        @Override
        public void start() {}

        @Override
        public void accept(Batch batch) {
            permits.acquireUninterruptibly();
            next.accept(batch);
        }

        @Override
        public void close() {}
    }

    private Pipeline pipeline(RingSettings settings) {
        StagesBuilder builder =
                new StagesBuilder(0, settings, batch -> batch.receipt().delivered(), telemetry);
        Processor gate = new Gate(builder.next());
        parts.addAll(builder.takeHandOffs());
        builder.add("gate", gate);
        parts.add(gate);
        Pipeline pipeline =
                new Pipeline("traces/x", settings, journal, List.of(builder.build(origin -> false)), telemetry);
        parts.add(pipeline);
        parts.forEach(Component::start);
        return pipeline;
    }

    private void close() {
        permits.release(1_000);
        for (int i = parts.size() - 1; i >= 0; i--) {
            parts.get(i).close();
        }
    }

    private static void submit(Pipeline pipeline) {
        pipeline.submit(
                new Request(Signal.TRACES, 1, new byte[10], new SpanBatch(new ArrayList<>(), 0), 0, "", 10), ACK);
    }

    @Test
    void saysHowManyPlacesOfTheRingAreTaken() {
        Pipeline pipeline = pipeline(new RingSettings(8, 1, StageThreads.FUSED, WaitStrategyName.BLOCKING));
        assertThat(readings.sum("stackhouse_pipeline_ring_slots", "pipeline", "traces/x"))
                .isEqualTo(8);
        for (int i = 0; i < 5; i++) {
            submit(pipeline);
        }
        awaitOccupied(5);
        permits.release(3);
        awaitOccupied(2);
        permits.release(2);
        awaitOccupied(0);
        close();
        assertThat(readings.sum("stackhouse_pipeline_ring_slots")).isZero();
    }

    private void awaitOccupied(long slots) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> readings.sum("stackhouse_pipeline_ring_occupied_slots") == slots);
    }

    @ParameterizedTest
    @EnumSource(StageThreads.class)
    void aStagesTimeIsItsOwnAndEachBatchIsMeasuredOnce(StageThreads threads) {
        Pipeline pipeline = pipeline(new RingSettings(8, 1, threads, WaitStrategyName.BLOCKING));
        submit(pipeline);
        awaitOccupied(1);
        long start = System.nanoTime();
        // The gate waits as long as this takes; the exporters behind it don't.
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> System.nanoTime() - start > 50_000_000);
        permits.release();
        awaitOccupied(0);
        close();

        assertThat(readings.recordings("stackhouse_pipeline_stage_duration", "gate"))
                .isEqualTo(1);
        assertThat(readings.recordings("stackhouse_pipeline_stage_duration", "exporters"))
                .isEqualTo(1);
        assertThat(readings.recorded("stackhouse_pipeline_stage_duration", "gate"))
                .isGreaterThan(0.05);
        assertThat(readings.recorded("stackhouse_pipeline_stage_duration", "exporters"))
                .isLessThan(readings.recorded("stackhouse_pipeline_stage_duration", "gate"));
    }
}
