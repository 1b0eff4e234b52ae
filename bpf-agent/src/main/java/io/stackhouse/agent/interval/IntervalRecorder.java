package io.stackhouse.agent.interval;

import io.stackhouse.agent.process.ProcessTable;
import io.stackhouse.agent.process.TracedProcess;
import io.stackhouse.agent.sample.CountConsumer;
import io.stackhouse.agent.sample.Event;
import io.stackhouse.agent.sample.RawStack;
import io.stackhouse.agent.sample.StackConsumer;
import io.stackhouse.agent.sample.TracedSample;
import io.stackhouse.agent.symbol.SymbolizedStack;
import io.stackhouse.agent.symbol.Symbolizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * Takes stacks and counts of the interval that is open. A new stack is symbolized at once, while its process lives and its code is
 * where it was; a known one costs a lookup.
 *
 * <p>One thread. When the table of stacks is full, samples of further stacks are kept under their process, without frames, and
 * counted in {@link #refusedStacks()}.
 */
public final class IntervalRecorder implements StackConsumer, CountConsumer {
    private final ProcessTable processes;
    private final Symbolizer symbolizer;
    private final StackTable table;
    private final boolean keepTimes;
    private final PublishedContexts contexts;
    private final Map<Subject, KnownStack> notCaptured = new LinkedHashMap<>();
    private final List<Long> refused = new ArrayList<>();
    private final Map<TracedProcess, Boolean> awaited = new HashMap<>();
    private final IntervalSamples open = new IntervalSamples();
    private IntervalSamples released = new IntervalSamples();
    private IntervalSamples held = new IntervalSamples();
    private long refusedStacks;
    private long notCapturedSamples;

    /**
     * An empty interval.
     *
     * @param config bounds of what is remembered
     * @param processes owned by the caller
     * @param symbolizer owned by the caller
     */
    public IntervalRecorder(IntervalConfig config, ProcessTable processes, Symbolizer symbolizer) {
        this(config, processes, symbolizer, PublishedContexts.NONE);
    }

    /**
     * An empty interval of processes that may publish contexts.
     *
     * @param config bounds of what is remembered
     * @param processes owned by the caller
     * @param symbolizer owned by the caller
     * @param contexts owned by the caller
     */
    public IntervalRecorder(
            IntervalConfig config, ProcessTable processes, Symbolizer symbolizer, PublishedContexts contexts) {
        this.contexts = contexts;
        this.processes = processes;
        this.symbolizer = symbolizer;
        this.table = new StackTable(config.maxStacks(), config.maxIdleIntervals());
        this.keepTimes = config.keepTimes();
    }

    @Override
    public void stack(RawStack raw) {
        KnownStack known = table.find(raw.hash());
        if (known == null) {
            known = discover(raw);
        } else if (known.isLeaving()) {
            known.stay();
        }
        if (!raw.isSingle()) {
            return;
        }
        if (keepTimes) {
            known.addSamples(1);
            open.timed().add(known, raw.boottimeNanos());
        } else {
            add(known, 1);
        }
    }

    @Override
    public void count(long hash, int tgid, Event event, long samples) {
        KnownStack known = table.find(hash);
        if (known == null) {
            notCapturedSamples += samples;
            known = withoutFrames(processes.lookup(tgid, 0, 0, "", 0), event);
        }
        add(known, samples);
    }

    @Override
    public void traced(TracedSample sample) {
        KnownStack known = table.find(sample.hash());
        if (known == null) {
            notCapturedSamples++;
            known = withoutFrames(processes.lookup(sample.tgid(), 0, 0, "", 0), sample.event());
        }
        TraceContext context = new TraceContext(sample);
        int highestKey = context.highestKey();
        if (highestKey >= known.process().attributeKeys().size()) {
            contexts.need(known.process(), highestKey);
        }
        if (sample.event() != Event.CPU) {
            contexts.met(known.process()); // it may never be on a CPU when that is sampled
        }
        known.markTraced();
        open.traced().add(known, context, sample.boottimeNanos(), sample.value());
    }

    /** True if the interval must end early so that nothing is lost. */
    public boolean isFull() {
        return open.isFull();
    }

    /**
     * Ends the interval before it is encoded: what the last one held back is due now, and of this one the samples of processes are held back whose context is awaited.
     *
     * @param isLast nothing is held back any more
     */
    public void close(IntervalSpan span, boolean isLast) {
        IntervalSamples due = held;
        held = released;
        released = due;
        held.clear();
        awaited.clear();
        if (!isLast) {
            open.moveTo(held, span, stack -> isAwaited(stack.process(), span));
        }
    }

    private boolean isAwaited(TracedProcess process, IntervalSpan span) {
        Boolean answer = awaited.get(process);
        if (answer == null) {
            answer = contexts.isAwaited(process, span);
            awaited.put(process, answer);
        }
        return answer;
    }

    /** Begins the next interval, after this one was encoded. */
    public void endInterval(LongConsumer forgetInKernel) {
        open.clear();
        released.clear();
        notCaptured.clear();
        for (long hash : refused) {
            forgetInKernel.accept(hash);
        }
        refused.clear();
        table.endInterval(forgetInKernel);
    }

    /** Stacks that are remembered. */
    public int stacks() {
        return table.size();
    }

    /** New stacks that found the table full, since the start. */
    public long refusedStacks() {
        return refusedStacks;
    }

    /** Samples without frames since the start, because the ring or the table was full when their stack was new. */
    public long notCapturedSamples() {
        return notCapturedSamples;
    }

    /** Samples of the interval that is open. */
    IntervalSamples samples() {
        return open;
    }

    /** Samples of the interval before that were held back until now; without a span if there are none. */
    IntervalSamples released() {
        return released;
    }

    private KnownStack discover(RawStack raw) {
        TracedProcess process =
                processes.lookup(raw.tgid(), raw.startBoottimeNanos(), raw.execId(), raw.comm(), raw.cgroupId());
        contexts.met(process);
        SymbolizedStack frames = symbolizer.symbolize(process, raw);
        KnownStack fresh = new KnownStack(raw.hash(), new Subject(process, raw.event()), raw.comm(), frames);
        if (table.add(fresh) || raw.isSingle()) {
            return fresh;
        }
        refusedStacks++;
        refused.add(raw.hash());
        return fresh;
    }

    private void add(KnownStack stack, long samples) {
        if (stack.samples() == 0) {
            open.counted().add(stack);
            contexts.met(stack.process());
        }
        stack.addSamples(samples);
    }

    private KnownStack withoutFrames(TracedProcess process, Event event) {
        return notCaptured.computeIfAbsent(new Subject(process, event), s -> new KnownStack(0, s, null, null));
    }
}
