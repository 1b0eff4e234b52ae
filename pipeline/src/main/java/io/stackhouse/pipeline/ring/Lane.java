package io.stackhouse.pipeline.ring;

import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.ExceptionHandler;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.TimeoutException;
import com.lmax.disruptor.dsl.Disruptor;
import com.lmax.disruptor.dsl.ProducerType;
import io.stackhouse.pipeline.TimedProcessor;
import io.stackhouse.pipeline.batch.Batch;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A ring of batches and the one thread that runs stages on them, in order.
 *
 * <p>Threads: {@link #publish} as said when it was made; it waits while the ring is full. The stages run on the lane's own
 * thread; {@link #exchange} and {@link #run(Batch)} are for any other. What a stage throws drops that batch alone: it is counted and
 * logged, its receipt is settled, and the lane goes on. {@link #close} lets the lane finish what is published, for a bounded time; what has
 * not gone through its stages then stays unsettled, so that a journal on disk gives it out again.
 */
final class Lane {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);
    private static final long FULL_RING_PAUSE_NANOS = 100_000;
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long INTERRUPTED_MILLIS = 100;

    private final Disruptor<Slot> disruptor;
    /** Held while the stages work; guards {@link #stages}. */
    private final ReentrantLock working = new ReentrantLock();

    private Stages stages;
    private final String name;
    private final LaneMetrics metrics;
    private final CountDownLatch running = new CountDownLatch(1);
    private @Nullable Thread thread;
    private boolean isStarted;
    private volatile boolean isClosed;

    /** One place of the ring. */
    private static final class Slot {
        @Nullable
        Batch batch;
    }

    /**
     * Makes one.
     *
     * @param name such as {@code traces/a-0}; also the thread's
     * @param producers whether several threads may publish at the same time
     */
    Lane(String name, RingSettings settings, ProducerType producers, Stages stages, LaneMetrics metrics) {
        this.name = name;
        this.stages = stages;
        this.metrics = metrics;
        this.disruptor = new Disruptor<>(
                Slot::new,
                settings.size(),
                this::newThread,
                producers,
                // Gives the thread back also without timed stages: others may come.
                settings.waitStrategy().strategy(TICK_NANOS));
        disruptor.setDefaultExceptionHandler(new FailedSlots());
        disruptor.handleEventsWith(new Runner());
    }

    private Thread newThread(Runnable runnable) {
        Thread made = new Thread(runnable, "lane-" + name);
        thread = made;
        return made;
    }

    /** Starts the thread, and waits until it runs: a disruptor that is shut down before that gives up what is published. */
    void start() {
        disruptor.start();
        boolean isInterrupted = false;
        while (running.getCount() > 0) {
            try {
                running.await();
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
        metrics.observe(disruptor.getRingBuffer());
        isStarted = true;
    }

    /** Puts a batch into the ring; waits while it is full. False when the lane was closed before there was room. */
    boolean publish(Batch batch) throws InterruptedException {
        RingBuffer<Slot> ring = disruptor.getRingBuffer();
        while (!isClosed) {
            if (ring.tryPublishEvent(Lane::put, batch)) {
                return true;
            }
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while the ring of " + name + " was full");
            }
            LockSupport.parkNanos(FULL_RING_PAUSE_NANOS);
        }
        return false;
    }

    private static void put(Slot slot, long sequence, Batch batch) {
        slot.batch = batch;
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
            stages.head().accept(batch);
        } catch (RuntimeException e) {
            LOG.error("Pipeline {}: a stage failed; {} rows or spans of one request are lost", name, batch.size(), e);
            fail(batch, e);
        } catch (Error e) {
            fail(batch, e);
            throw e;
        } finally {
            working.unlock();
        }
    }

    private void fail(Batch batch, Throwable failure) {
        metrics.failed(batch.size());
        batch.receipt().dropped("a stage failed: " + failure);
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

    /**
     * Ends the lane; whoever publishes has ended before, or is let go.
     *
     * @param deadlineNanos until when it may finish what is published, by {@link System#nanoTime}
     */
    void close(long deadlineNanos) {
        if (isStarted && !isClosed) {
            try {
                disruptor.shutdown(Math.max(1, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                abandon();
            }
            metrics.close();
        }
        isClosed = true;
    }

    private void abandon() {
        RingBuffer<Slot> ring = disruptor.getRingBuffer();
        LOG.error(
                "Pipeline {}: its stages did not finish in time; {} batches in the ring are given up. A journal on disk gives them"
                        + " out again at the next start",
                name,
                ring.getBufferSize() - ring.remainingCapacity());
        disruptor.halt();
        Thread stuck = thread;
        if (stuck == null) {
            return;
        }
        stuck.interrupt();
        try {
            stuck.join(INTERRUPTED_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The lane's thread: batches as they come, and the clock between them. */
    private final class Runner implements EventHandler<Slot> {
        private Sequence done = new Sequence();
        private long lastTick = System.nanoTime();

        @Override
        public void onStart() {
            running.countDown();
        }

        @Override
        public void setSequenceCallback(Sequence ofThisLane) {
            done = ofThisLane;
        }

        @Override
        public void onEvent(Slot slot, long sequence, boolean endOfBatch) {
            run(slot);
            // Gives the place back now, not when all that were there at its begin are through: a stage may take long
            // for each.
            done.set(sequence);
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
            metrics.failed();
            LOG.error("Pipeline {}: a stage failed to hand on what it held", name, e);
        }
    }

    /** Keeps the ring's thread alive whatever escapes from a stage. */
    private final class FailedSlots implements ExceptionHandler<Slot> {
        @Override
        public void handleEventException(Throwable failure, long sequence, Slot slot) {
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
