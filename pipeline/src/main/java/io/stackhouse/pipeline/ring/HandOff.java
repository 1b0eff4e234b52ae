package io.stackhouse.pipeline.ring;

import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.batch.Batch;
import java.util.concurrent.TimeUnit;

/**
 * A ring between two stages of a lane, and the thread of the second.
 *
 * <p>Threads: {@link #accept} by the stage before, one at a time; it waits while the ring is full, so that the stage before slows down to the
 * pace of the one behind. What is in the ring at {@link #close} is run, for a bounded time. A batch that comes later, or finds the ring full
 * until then, is returned to its journal.
 */
public final class HandOff implements Processor {
    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Lane lane;

    HandOff(Lane lane) {
        this.lane = lane;
    }

    @Override
    public void start() {
        lane.start();
    }

    @Override
    public void accept(Batch batch) {
        try {
            if (!lane.publish(batch)) {
                batch.receipt().returned("the stages behind have ended");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            batch.receipt().returned("the stage was interrupted before the stages behind had room");
        }
    }

    @Override
    public void close() {
        lane.close(System.nanoTime() + CLOSE_NANOS);
    }
}
