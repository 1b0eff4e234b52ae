package io.stackhouse.agent.jvm;

import io.stackhouse.agent.process.ProcessTable;
import io.stackhouse.agent.process.ProcessTableConfig;
import io.stackhouse.agent.process.TracedProcess;
import io.stackhouse.agent.sample.Aggregation;
import io.stackhouse.agent.sample.BpfSampleSource;
import io.stackhouse.agent.sample.CountConsumer;
import io.stackhouse.agent.sample.Event;
import io.stackhouse.agent.sample.RawStack;
import io.stackhouse.agent.sample.SamplerConfig;
import io.stackhouse.agent.sample.StackConsumer;
import io.stackhouse.agent.symbol.Frame;
import io.stackhouse.agent.symbol.FrameType;
import io.stackhouse.agent.symbol.NativeSymbolizer;
import io.stackhouse.agent.symbol.SymbolizedStack;
import io.stackhouse.agent.symbol.SymbolizerConfig;
import io.stackhouse.agent.unwind.UnwindTables;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Profiles of JVMs, taken by the real BPF program and named by the real symbolizer. Samples from before a JVM was found are left out. */
final class JavaProfile implements StackConsumer, CountConsumer, AutoCloseable {
    private static final int HERTZ = 397;
    private static final int TABLE_BYTES = 32 << 20;
    private static final int MAX_PROCESSES = 1024;

    private final BpfSampleSource source = BpfSampleSource.load(
            new SamplerConfig(HERTZ, Aggregation.KERNEL, 1 << 21, 1 << 16, 1 << 16, MAX_PROCESSES, TABLE_BYTES));
    private final ProcessTable processes = new ProcessTable(ProcessTableConfig.defaults());
    private final UnwindTables tables = new UnwindTables(processes, source.unwindMaps(), TABLE_BYTES, MAX_PROCESSES);
    private final JvmFrames jvms = JvmFrames.of(JvmConfig.defaults(), source.hotspots());
    private final NativeSymbolizer symbolizer = new NativeSymbolizer(SymbolizerConfig.defaults(), jvms);
    private final Map<Long, SymbolizedStack> stacks = new HashMap<>();
    private final Map<Integer, Map<Long, Long>> samples = new HashMap<>();

    JavaProfile() {
        source.start();
    }

    /** Samples for so long. */
    void run(int seconds) {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        while (System.nanoTime() < end) {
            source.poll(50, this);
            tables.prepare();
        }
        source.drain(this, this);
    }

    /** Samples for so long, and on until each of the JVMs has so many Java samples or half a minute is over. */
    void run(int seconds, List<JavaTarget> targets, long fewestSamples) {
        long end = System.nanoTime() + 30_000_000_000L;
        run(seconds);
        while (System.nanoTime() < end && targets.stream().anyMatch(t -> javaSamples(t.pid()) < fewestSamples)) {
            run(1);
        }
    }

    /** Forgets the samples until now; stacks stay known. */
    void clear() {
        source.drain(this, this);
        samples.clear();
    }

    JvmCounters counters() {
        return jvms.counters();
    }

    long nanosPerRun() {
        return source.counters().runNanos() / Math.max(1, source.counters().runCount());
    }

    @Override
    public void stack(RawStack raw) {
        TracedProcess process =
                processes.lookup(raw.tgid(), raw.startBoottimeNanos(), raw.execId(), raw.comm(), raw.cgroupId());
        stacks.put(raw.hash(), symbolizer.symbolize(process, raw));
    }

    @Override
    public void need(RawStack request) {
        tables.need(request);
    }

    @Override
    public void count(long hash, int tgid, Event event, long count) {
        samples.computeIfAbsent(tgid, t -> new HashMap<>()).merge(hash, count, Long::sum);
    }

    /** Samples of stacks that have a Java frame. */
    long javaSamples(long pid) {
        return count(pid, stack -> hasFrame(stack, f -> f.type() == FrameType.JVM));
    }

    /** Those of them that reach the root. */
    long completeJavaSamples(long pid) {
        return count(pid, stack -> hasFrame(stack, f -> f.type() == FrameType.JVM) && !stack.truncated());
    }

    /** Samples of stacks with a frame that the test asks for. */
    long samplesWith(long pid, Predicate<Frame> wanted) {
        return count(pid, stack -> hasFrame(stack, wanted));
    }

    /** How much of the frames of Java stacks has a name, from 0 to 1; native ones are left out of account, since libraries are stripped. */
    double named(long pid) {
        long frames = 0;
        long named = 0;
        for (Map.Entry<Long, Long> entry :
                samples.getOrDefault((int) pid, Map.of()).entrySet()) {
            SymbolizedStack stack = stacks.get(entry.getKey());
            if (stack != null && hasFrame(stack, f -> f.type() == FrameType.JVM)) {
                for (Frame frame : stack.frames()) {
                    frames += entry.getValue();
                    named += frame.type() == FrameType.NATIVE || frame.function() != null ? entry.getValue() : 0;
                }
            }
        }
        return (double) named / Math.max(1, frames);
    }

    Map<SymbolizedStack, Long> stacks(long pid) {
        Map<SymbolizedStack, Long> result = new HashMap<>();
        samples.getOrDefault((int) pid, Map.of()).forEach((hash, n) -> {
            SymbolizedStack stack = stacks.get(hash);
            if (stack != null) {
                result.merge(stack, n, Long::sum);
            }
        });
        return result;
    }

    @Override
    public void close() {
        tables.close();
        processes.close();
        source.close();
    }

    private long count(long pid, Predicate<SymbolizedStack> wanted) {
        long sum = 0;
        for (Map.Entry<Long, Long> entry :
                samples.getOrDefault((int) pid, Map.of()).entrySet()) {
            SymbolizedStack stack = stacks.get(entry.getKey());
            sum += stack != null && wanted.test(stack) ? entry.getValue() : 0;
        }
        return sum;
    }

    private static boolean hasFrame(SymbolizedStack stack, Predicate<Frame> wanted) {
        for (Frame frame : stack.frames()) {
            if (wanted.test(frame)) {
                return true;
            }
        }
        return false;
    }
}
