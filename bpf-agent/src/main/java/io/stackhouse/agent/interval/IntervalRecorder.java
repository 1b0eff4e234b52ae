package io.stackhouse.agent.interval;

import io.stackhouse.agent.process.ProcessTable;
import io.stackhouse.agent.process.TracedProcess;
import io.stackhouse.agent.sample.CountConsumer;
import io.stackhouse.agent.sample.RawStack;
import io.stackhouse.agent.sample.StackConsumer;
import io.stackhouse.agent.symbol.SymbolizedStack;
import io.stackhouse.agent.symbol.Symbolizer;
import java.util.ArrayList;
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
    private final List<KnownStack> active = new ArrayList<>();
    private final Map<TracedProcess, KnownStack> notCaptured = new LinkedHashMap<>();
    private final List<Long> refused = new ArrayList<>();
    private final TimedSamples timed = new TimedSamples();
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
            timed.add(known, raw.boottimeNanos());
        } else {
            add(known, 1);
        }
    }

    @Override
    public void count(long hash, int tgid, long samples) {
        KnownStack known = table.find(hash);
        if (known == null) {
            notCapturedSamples += samples;
            known = withoutFrames(processes.lookup(tgid, 0, 0, "", 0));
        }
        add(known, samples);
    }

    /** True if the interval must end early so that nothing is lost. */
    public boolean isFull() {
        return timed.isFull();
    }

    /** Begins the next interval, after this one was encoded. */
    public void endInterval(LongConsumer forgetInKernel) {
        active.clear();
        timed.clear();
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

    List<KnownStack> active() {
        return active;
    }

    TimedSamples timed() {
        return timed;
    }

    private KnownStack discover(RawStack raw) {
        TracedProcess process =
                processes.lookup(raw.tgid(), raw.startBoottimeNanos(), raw.execId(), raw.comm(), raw.cgroupId());
        SymbolizedStack frames = symbolizer.symbolize(process, raw);
        KnownStack fresh = new KnownStack(raw.hash(), process, raw.comm(), frames);
        if (table.add(fresh) || raw.isSingle()) {
            return fresh;
        }
        refusedStacks++;
        refused.add(raw.hash());
        return fresh;
    }

    private void add(KnownStack stack, long samples) {
        if (stack.samples() == 0) {
            active.add(stack);
        }
        stack.addSamples(samples);
    }

    private KnownStack withoutFrames(TracedProcess process) {
        return notCaptured.computeIfAbsent(process, p -> new KnownStack(0, p, null, null));
    }
}
