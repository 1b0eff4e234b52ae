package io.stackhouse.pipeline.ring;

import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.Component;
import io.stackhouse.pipeline.Inlet;
import io.stackhouse.pipeline.Request;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.Receipt;
import io.stackhouse.pipeline.log.Journal;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pipeline: its door, its journal, and the lane that runs its stages behind the journal.
 *
 * <p>Threads: {@link #submit} by any. A feeder thread moves requests from the journal into the lane's ring, and is the one place
 * that waits when the ring is full; the journal then fills up and refuses at the door. Whoever built journal and
 * stages starts them before the pipeline and closes them after it, the journal last, once the exporters have settled what they could.
 *
 * <p>{@link #close} refuses new requests, runs what was accepted through the stages within a bounded time, and returns.
 */
public final class Pipeline implements Inlet, Component {
    private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);
    private static final long CLOSE_TIMEOUT_MILLIS = TimeUnit.SECONDS.toMillis(5);

    private final String name;
    private final Journal journal;
    private final Lane lane;
    private @Nullable Thread feeder;

    /**
     * Puts a pipeline together.
     *
     * @param name its id in the configuration, such as {@code profiles/fast}
     * @param ringSize places in the ring, a power of two
     * @param journal what keeps requests, started before; the pipeline seals it when it is closed
     * @param stages what its lane runs
     * @param telemetry named like the pipeline
     */
    public Pipeline(String name, int ringSize, Journal journal, Stages stages, Telemetry telemetry) {
        this.name = name;
        this.journal = journal;
        this.lane = new Lane(name, ringSize, stages, telemetry);
    }

    @Override
    public void start() {
        lane.start();
        Thread thread = new Thread(this::feed, "feeder-" + name);
        thread.start();
        feeder = thread;
    }

    @Override
    public void submit(Request request, Ack ack) {
        journal.append(request, ack);
    }

    private void feed() {
        try {
            for (Journal.Entry entry = journal.take(); entry != null; entry = journal.take()) {
                Batch batch = entry.request().batch();
                batch.setReceipt(new Release(entry));
                lane.publish(batch);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            LOG.warn(
                    "Pipeline {} was interrupted; {} bytes of accepted requests are lost",
                    name,
                    journal.pendingBytes());
        }
    }

    @Override
    public void close() {
        journal.seal();
        Thread thread = feeder;
        if (thread != null) {
            try {
                thread.join(CLOSE_TIMEOUT_MILLIS);
                if (thread.isAlive()) {
                    thread.interrupt();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        lane.close();
    }

    /** Lets go of a request once its batch is settled; a stage that fails after handing its batch on settles it twice. */
    private final class Release implements Receipt {
        private final Journal.Entry entry;
        private final AtomicBoolean isSettled = new AtomicBoolean();

        Release(Journal.Entry entry) {
            this.entry = entry;
        }

        @Override
        public void delivered() {
            settle();
        }

        @Override
        public void dropped(String reason) {
            settle();
        }

        private void settle() {
            if (isSettled.compareAndSet(false, true)) {
                journal.release(entry);
            }
        }
    }
}
