package io.stackhouse.pipeline.ring;

import com.lmax.disruptor.dsl.ProducerType;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.Component;
import io.stackhouse.pipeline.Inlet;
import io.stackhouse.pipeline.PipelineStatus;
import io.stackhouse.pipeline.Request;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.Origin;
import io.stackhouse.pipeline.batch.Receipt;
import io.stackhouse.pipeline.batch.TenantAttribute;
import io.stackhouse.pipeline.log.Journal;
import io.stackhouse.pipeline.log.JournalFigures;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.otlp.OtlpDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pipeline: its door, its journal, and the lanes that run its stages behind the journal.
 *
 * <p>Threads: {@link #submit} by any. A feeder thread moves requests from the journal into the lanes' rings, each resource's data always to the
 * same lane ({@link LaneSplit}), and is the one place that waits when a ring is full, whatever room the others have; the journal then fills up
 * and refuses at the door. A request in several lanes is let go once all of them have settled its parts. Whoever built journal and
 * stages starts them before the pipeline and closes them after it, the journal last, once the exporters have settled what they could.
 *
 * <p>{@link #exchange} gives it other stages while it runs, between two batches: the journal, and what waits in it and in the ring, stay. Who
 * exchanges them owns the old ones, whose batches settle with this pipeline as before. What an old stage or exporter gives back because
 * it ends ({@link Receipt#returned}) goes through the new ones by {@link #redeliver}; without that the journal keeps it.
 *
 * <p>{@link #close} refuses new requests, runs what was accepted through the stages within a bounded time, and returns.
 */
public final class Pipeline implements Inlet, Component {
    private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);
    private static final long CLOSE_TIMEOUT_MILLIS = TimeUnit.SECONDS.toMillis(5);

    private final String name;
    private final Journal journal;
    private final List<Lane> lanes = new ArrayList<>();
    private final LaneSplit split;
    private volatile Predicate<Origin> known;
    private final Queue<Release> returned = new ConcurrentLinkedQueue<>();
    private final Clock clock;
    private final Attributes label;
    private final LongCounter deliveredRequests;
    private final LongCounter droppedRequests;
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private volatile long progressNanos;
    private @Nullable Thread feeder;

    /**
     * Puts a pipeline together.
     *
     * @param name its id in the configuration, such as {@code profiles/fast}
     * @param settings of its rings; there are as many lanes as {@code stages}
     * @param journal what keeps requests, started before; the pipeline seals it when it is closed
     * @param stages what each lane runs
     * @param telemetry named like the pipeline
     */
    public Pipeline(String name, RingSettings settings, Journal journal, List<Stages> stages, Telemetry telemetry) {
        this.name = name;
        this.journal = journal;
        this.clock = telemetry.clock();
        this.progressNanos = clock.nanos();
        this.label = telemetry.labelled("pipeline");
        this.deliveredRequests = counter(telemetry, "delivered_requests", "Requests that every destination has");
        this.droppedRequests =
                counter(telemetry, "dropped_requests", "Requests given up, in a stage or at a destination");
        this.split = new LaneSplit(stages.size());
        this.known = stages.get(0).known();
        for (int i = 0; i < stages.size(); i++) {
            lanes.add(new Lane(
                    name + "-" + i, settings, ProducerType.SINGLE, stages.get(i), new LaneMetrics(i, "", telemetry)));
        }
    }

    private LongCounter counter(Telemetry telemetry, String name, String description) {
        LongCounter counter = telemetry
                .meter()
                .counterBuilder("stackhouse_pipeline_" + name)
                .setUnit("{requests}")
                .setDescription(description)
                .build();
        counter.add(0, label);
        return counter;
    }

    @Override
    public void start() {
        progressNanos = clock.nanos();
        lanes.forEach(Lane::start);
        Thread thread = new Thread(this::feed, "feeder-" + name);
        thread.start();
        feeder = thread;
    }

    /** How data move through it; any thread. */
    public PipelineStatus.Flow flow() {
        JournalFigures figures = journal.figures();
        long oldest = figures.oldestUnixNanos();
        return new PipelineStatus.Flow(
                figures.records(),
                oldest == Long.MAX_VALUE ? 0 : Math.max(0, clock.unixNanos() - oldest),
                clock.nanos() - progressNanos,
                delivered.get(),
                dropped.get());
    }

    @Override
    public void submit(Request request, Ack ack) {
        journal.append(request, ack);
    }

    /**
     * Other stages from the next batch on, lane by lane; waits until the old ones have handed on the batch that they are at.
     *
     * @param stages as many as there are lanes
     */
    public void exchange(List<Stages> stages) {
        if (stages.size() != lanes.size()) {
            throw new IllegalArgumentException(stages.size() + " lots of stages for " + lanes.size() + " lanes");
        }
        for (int i = 0; i < stages.size(); i++) {
            lanes.get(i).exchange(stages.get(i));
        }
        known = stages.get(0).known();
    }

    /** Runs what was returned so far through the present stages, on the caller's thread between batches of the lane's. */
    public void redeliver() {
        for (Release before = returned.poll(); before != null; before = returned.poll()) {
            Journal.Entry entry = before.entryAgain();
            if (entry == null) {
                before.settleLost();
                continue;
            }
            // Old stages may have changed its batch.
            Batch batch = decodedAgain(entry.request());
            TenantAttribute.put(entry.request().tenant(), batch);
            batch.setReceipt(new Release(entry));
            if (isKnown(batch.receipt())) {
                batch.receipt().delivered();
                continue;
            }
            @Nullable Batch[] parts = split.byLane(batch);
            for (int i = 0; i < parts.length; i++) {
                Batch part = parts[i];
                if (part != null) {
                    lanes.get(i).run(part);
                }
            }
        }
    }

    private static Batch decodedAgain(Request request) {
        try (MemoryLease memory = MemoryLease.counting()) {
            return OtlpDecoder.decode(
                    request.signal(), request.wireVersion(), request.body(), request.receivedUnixNanos(), memory);
        }
    }

    private void feed() {
        try {
            for (Journal.Entry entry = journal.take(); entry != null; entry = journal.take()) {
                Batch batch = entry.request().batch();
                TenantAttribute.put(entry.request().tenant(), batch);
                batch.setReceipt(new Release(entry));
                publish(batch);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            LOG.warn(
                    "Pipeline {} was interrupted; {} bytes of accepted requests are lost",
                    name,
                    journal.pendingBytes());
        }
    }

    /** Whether a request that is given out again, after a crash or a reload, is where it should be already. */
    private boolean isKnown(Receipt receipt) {
        List<Origin> origins = receipt.origins();
        return origins.size() == 1 && known.test(origins.get(0));
    }

    private void publish(Batch batch) throws InterruptedException {
        if (isKnown(batch.receipt())) {
            batch.receipt().delivered();
            return;
        }
        if (lanes.size() == 1) {
            lanes.get(0).publish(batch);
            return;
        }
        @Nullable Batch[] parts = split.byLane(batch);
        for (int i = 0; i < parts.length; i++) {
            Batch part = parts[i];
            if (part != null) {
                lanes.get(i).publish(part);
            }
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
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_TIMEOUT_MILLIS);
        lanes.forEach(lane -> lane.close(deadlineNanos));
    }

    /** Lets go of a request once its batch is settled; a stage that fails after handing its batch on settles it twice. */
    private final class Release implements Receipt {
        private final long sequence;
        private final long receivedUnixNanos;
        private final AtomicBoolean isSettled = new AtomicBoolean();
        /** Null from when the request's memory was let go. */
        private volatile Journal.@Nullable Entry entry;

        Release(Journal.Entry entry) {
            this.sequence = entry.sequence();
            this.receivedUnixNanos = entry.request().receivedUnixNanos();
            this.entry = entry;
        }

        /** Of what was returned: the entry, read back if need be; null when that is not possible. */
        Journal.@Nullable Entry entryAgain() {
            Journal.Entry held = entry;
            return held == null ? journal.again(sequence) : held;
        }

        /** What was returned, and can't be had back. */
        void settleLost() {
            isSettled.set(false);
            dropped("its record is not in the journal any more");
        }

        @Override
        public void absorbed() {
            if (!isSettled.get() && journal.letGo(sequence)) {
                entry = null;
            }
        }

        @Override
        public List<Origin> origins() {
            String identity = journal.identity();
            return identity == null
                    ? List.of()
                    : List.of(new Origin(identity, sequence, receivedUnixNanos, journal.floor()));
        }

        @Override
        public void delivered() {
            settle(delivered, deliveredRequests);
        }

        @Override
        public void dropped(String reason) {
            settle(dropped, droppedRequests);
        }

        @Override
        public void returned(String reason) {
            if (isSettled.compareAndSet(false, true)) {
                returned.add(this);
            }
        }

        private void settle(AtomicLong count, LongCounter counter) {
            if (isSettled.compareAndSet(false, true)) {
                count.incrementAndGet();
                counter.add(1, label);
                progressNanos = clock.nanos();
                journal.release(sequence);
            }
        }
    }
}
