package io.stackhouse.processor.memorylimiter;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.DoorKeeper;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.Request;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Batch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses requests at the door of its pipeline while the heap is fuller than the soft limit; clients send them again. What was
 * accepted before passes through unchanged.
 *
 * <p>Since nothing is allocated while everything is refused, the JVM may see no reason to collect: so a collection is asked for, above
 * the soft limit at most each {@code min_gc_interval_when_soft_limited}; above the hard limit at each check, and more rarely, down
 * to every 30 s, as long as that doesn't help.
 *
 * <p>Threads: the door's methods by any; a thread of its own looks at memory each {@code check_interval}; {@link #accept} by the
 * lane's.
 */
final class MemoryLimiter implements Processor, DoorKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryLimiter.class);
    private static final long MAX_GC_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long CLOSE_MILLIS = 5_000;
    private static final int MIB = 1 << 20;

    private final MemoryLimiterConfig config;
    private final HeapUsage heap;
    private final long softLimitBytes;
    private final long hardLimitBytes;
    private final Consumer next;
    private final Telemetry telemetry;
    private final Counters counters;
    private final Object wakeUp = new Object();
    private @Nullable Thread checker;
    private boolean isClosed;

    private volatile @Nullable RefusedException refusal;

    private boolean hasCollected;
    private long lastCollectionNanos;
    private long hardGcIntervalNanos;

    private record Counters(
            LongCounter acceptedSpans,
            LongCounter refusedSpans,
            LongCounter acceptedSamples,
            LongCounter refusedSamples,
            LongCounter turnedAway,
            Attributes label) {
        static Counters of(Telemetry telemetry) {
            String prefix = "otelcol_processor_memory_limiter_";
            return new Counters(
                    counter(telemetry, prefix + "accepted_spans", "{spans}", "Spans that were let in"),
                    counter(telemetry, prefix + "refused_spans", "{spans}", "Spans that were refused"),
                    counter(telemetry, prefix + "accepted_profile_samples", "{samples}", "Rows that were let in"),
                    counter(telemetry, prefix + "refused_profile_samples", "{samples}", "Rows that were refused"),
                    counter(
                            telemetry,
                            "stackhouse_processor_memory_limiter_refused_requests",
                            "{requests}",
                            "Requests that were refused, most of them before their body was read"),
                    Attributes.of(
                            AttributeKey.stringKey("processor"),
                            telemetry.component().toString()));
        }

        private static LongCounter counter(Telemetry telemetry, String name, String unit, String description) {
            return telemetry
                    .meter()
                    .counterBuilder(name)
                    .setUnit(unit)
                    .setDescription(description)
                    .build();
        }

        void book(Request request, boolean isAccepted) {
            boolean isTraces = request.signal() == Signal.TRACES;
            LongCounter accepted = isTraces ? acceptedSpans : acceptedSamples;
            LongCounter refused = isTraces ? refusedSpans : refusedSamples;
            (isAccepted ? accepted : refused).add(request.batch().size(), label);
        }
    }

    MemoryLimiter(MemoryLimiterConfig config, HeapUsage heap, Consumer next, Telemetry telemetry) {
        this.config = config;
        this.heap = heap;
        this.softLimitBytes = config.softLimitBytes(heap.maxBytes());
        this.hardLimitBytes = config.hardLimitBytes(heap.maxBytes());
        this.next = next;
        this.telemetry = telemetry;
        this.counters = Counters.of(telemetry);
        this.hardGcIntervalNanos = config.minGcIntervalWhenHardLimited().toNanos();
    }

    @Override
    public void start() {
        if (softLimitBytes >= heap.maxBytes()) {
            LOG.warn(
                    "{}: the soft limit of {} MiB is not below the largest heap of {} MiB, and so never reached;"
                            + " give the JVM a larger heap (-Xmx) or set limit_percentage",
                    telemetry.component(),
                    softLimitBytes / MIB,
                    heap.maxBytes() / MIB);
        }
        LOG.info(
                "{}: refuses from {} MiB of the heap, hard limit {} MiB",
                telemetry.component(),
                softLimitBytes / MIB,
                hardLimitBytes / MIB);
        check();
        Thread thread = new Thread(this::run, "memory-limiter-" + telemetry.component());
        thread.setDaemon(true);
        thread.start();
        checker = thread;
    }

    private void run() {
        long intervalNanos = config.checkInterval().toNanos();
        synchronized (wakeUp) {
            while (!isClosed) {
                long end = System.nanoTime() + intervalNanos;
                for (long left = intervalNanos; left > 0 && !isClosed; left = end - System.nanoTime()) {
                    try {
                        TimeUnit.NANOSECONDS.timedWait(wakeUp, left);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        return;
                    }
                }
                check();
            }
        }
    }

    /** Looks at memory once, and opens or shuts the door. One thread. */
    void check() {
        long used = heap.usedBytes();
        long gcIntervalNanos = used >= hardLimitBytes
                ? hardGcIntervalNanos
                : config.minGcIntervalWhenSoftLimited().toNanos();
        if (used >= softLimitBytes && isCollectionDue(gcIntervalNanos)) {
            heap.collect();
            used = heap.usedBytes();
            long leastNanos = config.minGcIntervalWhenHardLimited().toNanos();
            hardGcIntervalNanos = used >= hardLimitBytes ? longer(hardGcIntervalNanos) : leastNanos;
        }
        decide(used);
    }

    private long longer(long intervalNanos) {
        long doubled = Math.max(intervalNanos, config.checkInterval().toNanos()) * 2;
        return Math.min(doubled, MAX_GC_INTERVAL_NANOS);
    }

    /** Whether it is time for a collection; it is taken as done then. */
    private boolean isCollectionDue(long intervalNanos) {
        long now = telemetry.clock().nanos();
        if (hasCollected && now - lastCollectionNanos < intervalNanos) {
            return false;
        }
        hasCollected = true;
        lastCollectionNanos = now;
        return true;
    }

    private void decide(long used) {
        boolean wasRefusing = refusal != null;
        boolean mustRefuse = used >= softLimitBytes;
        if (mustRefuse) {
            refusal = new RefusedException(
                    telemetry.component() + ": the heap holds " + used / MIB + " MiB, and requests are refused from "
                            + softLimitBytes / MIB + " MiB on; send again later",
                    Math.max(config.checkInterval().toNanos(), TimeUnit.SECONDS.toNanos(1)));
        } else {
            refusal = null;
        }
        if (mustRefuse && !wasRefusing) {
            LOG.warn("{}: {} MiB of the heap are in use; requests are refused", telemetry.component(), used / MIB);
        } else if (wasRefusing && !mustRefuse) {
            LOG.info("{}: {} MiB of the heap are in use; requests are taken again", telemetry.component(), used / MIB);
        }
    }

    @Override
    public @Nullable RefusedException refusal() {
        RefusedException now = refusal;
        if (now != null) {
            counters.turnedAway().add(1, counters.label());
        }
        return now;
    }

    @Override
    public @Nullable RefusedException admit(Request request) {
        RefusedException now = refusal;
        counters.book(request, now == null);
        if (now != null) {
            counters.turnedAway().add(1, counters.label());
        }
        return now;
    }

    @Override
    public void accept(Batch batch) {
        next.accept(batch);
    }

    @Override
    public void close() {
        synchronized (wakeUp) {
            isClosed = true;
            wakeUp.notifyAll();
        }
        Thread thread = checker;
        if (thread != null) {
            try {
                thread.join(CLOSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
