package io.stackhouse.agent;

import io.stackhouse.agent.context.TraceContexts;
import io.stackhouse.agent.interval.IntervalEncoder;
import io.stackhouse.agent.interval.IntervalRecorder;
import io.stackhouse.agent.interval.IntervalSpan;
import io.stackhouse.agent.interval.RequestConsumer;
import io.stackhouse.agent.libbpf.KernelClock;
import io.stackhouse.agent.process.ProcessTable;
import io.stackhouse.agent.sample.Event;
import io.stackhouse.agent.sample.RawStack;
import io.stackhouse.agent.sample.SampleSource;
import io.stackhouse.agent.sample.StackConsumer;
import io.stackhouse.agent.sample.TracedSample;
import io.stackhouse.agent.unwind.UnwindTables;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The sampling thread's work: reads new stacks about every 100 ms, ends an interval when its time has come, hands it over encoded.
 *
 * <p>{@link #run()} belongs to one thread, which alone touches the source, the processes and the interval; the other methods may be
 * called from any. It ends after {@link #stop()} with the interval that was open, or with what went wrong. It closes nothing.
 */
final class ProfilerLoop {
    private static final int POLL_MILLIS = 100;
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final SampleSource source;
    private final ProcessTable processes;
    private final IntervalRecorder recorder;
    private final IntervalEncoder encoder;
    private final RequestConsumer exporter;
    private final @Nullable UnwindTables tables;
    private final @Nullable TraceContexts contexts;
    private final StackConsumer stacks;
    private final long intervalNanos;
    private final KernelClock clock = new KernelClock();
    private volatile AgentFigures figures = AgentFigures.NONE;
    private volatile boolean stopping;
    private long startBoottimeNanos;
    private long intervals;

    /**
     * Where the loop gets its samples from and who makes sense of them; owned by the caller. Without tables frame pointers alone are followed, without contexts
     * nothing is read that processes publish.
     */
    record Parts(
            SampleSource source,
            ProcessTable processes,
            IntervalRecorder recorder,
            IntervalEncoder encoder,
            RequestConsumer exporter,
            @Nullable UnwindTables tables,
            @Nullable TraceContexts contexts) {}

    ProfilerLoop(Parts parts, Duration interval) {
        source = parts.source();
        processes = parts.processes();
        recorder = parts.recorder();
        encoder = parts.encoder();
        exporter = parts.exporter();
        tables = parts.tables();
        contexts = parts.contexts();
        stacks = tables == null ? recorder : new WithNeeds(recorder, tables);
        intervalNanos = interval.toNanos();
    }

    void run() {
        startBoottimeNanos = clock.boottimeNanos();
        source.start();
        long end = startBoottimeNanos + intervalNanos;
        while (!stopping) {
            long left = end - clock.boottimeNanos();
            if (left <= 0 || recorder.isFull()) {
                endInterval();
                end = startBoottimeNanos + intervalNanos;
            } else {
                source.poll((int) Math.min(POLL_MILLIS, left / NANOS_PER_MILLI + 1), stacks);
                if (tables != null) {
                    tables.prepare();
                }
                if (contexts != null) {
                    contexts.poll();
                }
            }
        }
        source.stop();
        endInterval();
    }

    /** Makes {@link #run()} end within about 100 ms. */
    void stop() {
        stopping = true;
    }

    /** As of the end of the last interval. */
    AgentFigures figures() {
        return figures;
    }

    private void endInterval() {
        source.drain(stacks, recorder);
        long now = clock.boottimeNanos();
        IntervalSpan span = new IntervalSpan(startBoottimeNanos, now, clock.unixMinusBoottimeNanos());
        if (contexts != null) {
            contexts.beforeEncoding();
        }
        recorder.close(span, stopping);
        encoder.encode(recorder, span, exporter);
        recorder.endInterval(source::forget);
        processes.forgetEnded(now);
        if (tables != null) {
            tables.endInterval();
        }
        if (contexts != null) {
            contexts.endInterval();
        }
        startBoottimeNanos = now;
        figures = new AgentFigures(
                source.counters(),
                source.counters(Event.PAGE_FAULT),
                source.counters(Event.OFF_CPU),
                source.sleepChanceMillionths(),
                recorder.stacks(),
                recorder.refusedStacks(),
                recorder.notCapturedSamples(),
                ++intervals);
    }

    /** Stacks go to the interval, requests of the unwinder to its tables. */
    private record WithNeeds(IntervalRecorder recorder, UnwindTables tables) implements StackConsumer {
        @Override
        public void stack(RawStack stack) {
            recorder.stack(stack);
        }

        @Override
        public void traced(TracedSample sample) {
            recorder.traced(sample);
        }

        @Override
        public void need(RawStack request) {
            tables.need(request);
        }
    }
}
