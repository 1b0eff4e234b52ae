package io.stackhouse.pipeline.ring;

import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.ExceptionHandler;
import com.lmax.disruptor.TimeoutBlockingWaitStrategy;
import com.lmax.disruptor.TimeoutException;
import com.lmax.disruptor.WaitStrategy;
import com.lmax.disruptor.dsl.Disruptor;
import com.lmax.disruptor.dsl.ProducerType;
import io.opentelemetry.api.metrics.LongCounter;
import io.stackhouse.pipeline.Component;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.TimedProcessor;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.Origin;
import io.stackhouse.pipeline.batch.Receipt;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A ring of batches and the one thread that runs a pipeline's stages on them, in order.
 *
 * <p>Threads: {@link #publish} by one thread, the feeder; it waits while the ring is full. The stages run on the lane's own
 * thread; {@link #exchange} and {@link #run(Batch)} are for any other. What a stage throws drops that batch alone: it is counted and
 * logged, its receipt is settled, and the lane goes on. {@link #close} lets the lane finish what is published, for a bounded time.
 */
final class Lane implements Component {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);
    private static final long CLOSE_TIMEOUT_SECONDS = 5;
    private static final long FULL_RING_PAUSE_NANOS = 100_000;
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Disruptor<Slot> disruptor;
    /** Held while the stages work; guards {@link #stages}. */
    private final ReentrantLock working = new ReentrantLock();

    private Stages stages;
    private final String name;
    private final LongCounter failures;
    private final LongCounter failedItems;
    private final Telemetry telemetry;
    private boolean isStarted;
    private boolean isClosed;

    /** One place of the ring. */
    private static final class Slot {
        @Nullable
        Batch batch;
    }

    Lane(String name, int ringSize, Stages stages, Telemetry telemetry) {
        this.name = name;
        this.stages = stages;
        this.telemetry = telemetry;
        this.failures = telemetry
                .meter()
                .counterBuilder("stackhouse_pipeline_failed_batches")
                .setDescription("Batches given up because a stage threw")
                .setUnit("{batch}")
                .build();
        this.failedItems = telemetry
                .meter()
                .counterBuilder("stackhouse_pipeline_failed_items")
                .setDescription("Rows of profiles and spans given up because a stage threw")
                .setUnit("{items}")
                .build();
        ThreadFactory threads = runnable -> new Thread(runnable, "lane-" + name);
        // Also without timed stages: others may come.
        WaitStrategy waiting = new TimeoutBlockingWaitStrategy(TICK_NANOS, TimeUnit.NANOSECONDS);
        this.disruptor = new Disruptor<>(Slot::new, ringSize, threads, ProducerType.SINGLE, waiting);
        disruptor.setDefaultExceptionHandler(new FailedSlots());
        disruptor.handleEventsWith(new Runner());
    }

    @Override
    public void start() {
        disruptor.start();
        isStarted = true;
    }

    /** Puts a batch into the ring; waits while it is full. */
    void publish(Batch batch) throws InterruptedException {
        while (!disruptor.getRingBuffer().tryPublishEvent((slot, sequence) -> slot.batch = batch)) {
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while the ring of " + name + " was full");
            }
            LockSupport.parkNanos(FULL_RING_PAUSE_NANOS);
        }
    }

    private void run(Slot slot) {
        Batch batch = slot.batch;
        // Cleared before the stages run: a full ring must not keep batches alive for a lap.
        slot.batch = null;
        if (batch == null) {
            return;
        }
        run(batch);
    }

    /** Runs one batch through the stages; one at a time, whichever thread brings it. */
    void run(Batch batch) {
        working.lock();
        try {
            if (isKnown(batch.receipt())) {
                batch.receipt().delivered();
                return;
            }
            stages.head().accept(batch);
        } catch (RuntimeException e) {
            failures.add(1, telemetry.labelled("pipeline"));
            failedItems.add(batch.size(), telemetry.labelled("pipeline"));
            LOG.error("Pipeline {}: a stage failed; {} rows or spans of one request are lost", name, batch.size(), e);
            batch.receipt().dropped("a stage failed: " + e);
        } finally {
            working.unlock();
        }
    }

    /** Whether a request that is given out again, after a crash or a reload, is where it should be already. */
    private boolean isKnown(Receipt receipt) {
        List<Origin> origins = receipt.origins();
        return origins.size() == 1 && stages.known().test(origins.get(0));
    }

    /** Other stages from the next batch on; waits until the old ones have handed on the batch that they are at. */
    void exchange(Stages others) {
        working.lock();
        try {
            stages = others;
        } finally {
            working.unlock();
        }
    }

    @Override
    public void close() {
        if (!isStarted || isClosed) {
            isClosed = true;
            return;
        }
        isClosed = true;
        try {
            disruptor.shutdown(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            LOG.error(
                    "Pipeline {}: its stages did not finish within {} s; what is in the ring is lost",
                    name,
                    CLOSE_TIMEOUT_SECONDS);
            disruptor.halt();
        }
    }

    /** The lane's thread: batches as they come, and the clock between them. */
    private final class Runner implements EventHandler<Slot> {
        private long lastTick = System.nanoTime();

        @Override
        public void onEvent(Slot slot, long sequence, boolean endOfBatch) {
            run(slot);
            tickWhenDue();
        }

        @Override
        public void onTimeout(long sequence) {
            tickWhenDue();
        }

        private void tickWhenDue() {
            if (System.nanoTime() - lastTick < TICK_NANOS) {
                return;
            }
            working.lock();
            try {
                stages.timed().forEach(Lane.this::tick);
            } finally {
                working.unlock();
            }
            lastTick = System.nanoTime();
        }
    }

    private void tick(TimedProcessor processor) {
        try {
            processor.tick();
        } catch (RuntimeException e) {
            failures.add(1, telemetry.labelled("pipeline"));
            LOG.error("Pipeline {}: a stage failed to hand on what it held", name, e);
        }
    }

    /** Keeps the ring's thread alive whatever escapes from a stage. */
    private final class FailedSlots implements ExceptionHandler<Slot> {
        @Override
        public void handleEventException(Throwable failure, long sequence, Slot slot) {
            failures.add(1, telemetry.labelled("pipeline"));
            LOG.error("Pipeline {}: an error escaped from a stage", name, failure);
        }

        @Override
        public void handleOnStartException(Throwable failure) {
            LOG.error("Pipeline {}: its thread failed at start", name, failure);
        }

        @Override
        public void handleOnShutdownException(Throwable failure) {
            LOG.error("Pipeline {}: its thread failed at the end", name, failure);
        }
    }
}
