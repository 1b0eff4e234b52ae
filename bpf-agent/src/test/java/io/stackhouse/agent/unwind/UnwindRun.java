package io.stackhouse.agent.unwind;

import io.stackhouse.agent.elf.Needs;
import io.stackhouse.agent.libbpf.KernelClock;
import io.stackhouse.agent.process.ProcessTable;
import io.stackhouse.agent.process.ProcessTableConfig;
import io.stackhouse.agent.process.TracedProcess;
import io.stackhouse.agent.sample.Aggregation;
import io.stackhouse.agent.sample.BpfSampleSource;
import io.stackhouse.agent.sample.RawStack;
import io.stackhouse.agent.sample.SamplerConfig;
import io.stackhouse.agent.sample.StackConsumer;
import io.stackhouse.agent.sample.UnwindCounters;
import io.stackhouse.agent.symbol.Frame;
import io.stackhouse.agent.symbol.NativeSymbolizer;
import io.stackhouse.agent.symbol.SymbolizerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** One run of the sampler over some processes: what their stacks were like once the tables were there. */
final class UnwindRun implements StackConsumer {
    static final int HERTZ = 497;
    private static final int TABLE_BYTES = 64 << 20;
    /** The tables are there when none of the processes has asked for so long. */
    private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);

    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Map<Long, Tally> tallies = new HashMap<>();
    private final Map<String, Tally> byName = new HashMap<>();
    private final ProcessTable processes = new ProcessTable(ProcessTableConfig.defaults());
    private final NativeSymbolizer symbolizer = new NativeSymbolizer(SymbolizerConfig.defaults());
    private final long begin = System.nanoTime();
    private UnwindTables tables;
    private TableCounters tableCounters;
    private UnwindCounters counters;
    private long samples;
    private long lastNeedNanos = new KernelClock().boottimeNanos();
    private boolean isWarm;

    /** What was seen of one process. */
    static final class Tally {
        long samples;
        long complete;
        long rightNames;
        final Map<Integer, Integer> ends = new TreeMap<>();
        final Set<String> wrongNames = new HashSet<>();
        private final Map<String, Long> functions = new HashMap<>();
        private final TreeMap<Long, Map<String, Long>> symbols = new TreeMap<>();
        private final Path executable;

        Tally(Path executable) throws IOException, InterruptedException {
            this.executable = executable;
            for (String line : Needs.linesOf("nm", "-n", "-S", executable.toString())) {
                String[] fields = line.split(" ", -1);
                if (fields.length == 4 && "TtWwi".contains(fields[2])) {
                    symbols.computeIfAbsent(Long.parseUnsignedLong(fields[0], 16), a -> new HashMap<>())
                            .put(fields[3], Long.parseUnsignedLong(fields[1], 16));
                }
            }
        }

        double inFunction(String name) {
            return functions.getOrDefault(name, 0L);
        }

        private void take(RawStack stack, Frame[] frames) {
            samples++;
            complete += stack.isTruncated() ? 0 : 1;
            ends.merge(stack.status(), 1, Integer::sum);
            Set<String> once = new HashSet<>();
            for (int i = stack.kernelCount(); i < frames.length; i++) {
                Frame frame = frames[i];
                if (frame.function() == null) {
                    continue;
                }
                once.add(frame.function());
                if (executable.toString().equals(frame.module().fileName())) {
                    check(frame);
                }
            }
            once.forEach(name -> functions.merge(name, 1L, Long::sum));
        }

        private void check(Frame frame) {
            Map.Entry<Long, Map<String, Long>> below = symbols.floorEntry(frame.address());
            Long bytes = below == null ? null : below.getValue().get(frame.systemName());
            if (bytes != null && frame.address() - below.getKey() < bytes) {
                rightNames++;
            } else {
                wrongNames.add(Long.toHexString(frame.address()) + " " + frame.function());
            }
        }
    }

    /** Samples until each of the processes was seen so often. */
    static UnwindRun of(Map<String, Process> targets, int samples) throws IOException, InterruptedException {
        UnwindRun run = new UnwindRun();
        for (Map.Entry<String, Process> target : targets.entrySet()) {
            long pid = target.getValue().pid();
            Path executable = Path.of("/proc/" + pid + "/exe").toRealPath();
            Tally tally = new Tally(executable);
            run.tallies.put(pid, tally);
            run.byName.put(target.getKey(), tally);
        }
        SamplerConfig config = new SamplerConfig(HERTZ, Aggregation.NONE, 8 << 20, 1 << 16, 1 << 16, 4096, TABLE_BYTES);
        try (BpfSampleSource source = BpfSampleSource.load(config);
                UnwindTables tables = new UnwindTables(run.processes, source.unwindMaps(), TABLE_BYTES, 4096)) {
            run.tables = tables;
            run.tableCounters = tables.counters();
            source.start();
            while (!run.hasEnough(samples)) {
                source.poll(50, run);
                tables.prepare();
            }
            source.stop();
            source.poll(0, run);
            run.counters = source.counters().unwinding();
            run.samples = source.counters().samples();
        }
        return run;
    }

    Tally of(String target) {
        return byName.get(target);
    }

    TableCounters tables() {
        return tableCounters;
    }

    /** Samples by all reasons why a walk ended, also that there was nothing to walk. */
    long endsInKernel() {
        long sum = 0;
        for (UnwindCounters.End end : UnwindCounters.End.values()) {
            sum += counters.ended(end);
        }
        return sum;
    }

    long samples() {
        return samples;
    }

    @Override
    public void need(RawStack request) {
        tables.need(request);
        if (tallies.containsKey((long) request.tgid())) {
            lastNeedNanos = request.boottimeNanos();
        }
    }

    @Override
    public void stack(RawStack stack) {
        Tally tally = tallies.get((long) stack.tgid());
        if (tally == null || !isWarm(stack)) {
            return;
        }
        TracedProcess process = processes.lookup(
                stack.tgid(), stack.startBoottimeNanos(), stack.execId(), stack.comm(), stack.cgroupId());
        Frame[] frames = symbolizer
                .symbolize(
                        process,
                        stack.kernelIps(),
                        stack.kernelCount(),
                        stack.userIps(),
                        stack.userCount(),
                        stack.isTruncated())
                .frames();
        tally.take(stack, frames);
    }

    private boolean isWarm(RawStack stack) {
        isWarm |= stack.boottimeNanos() - lastNeedNanos > QUIET_NANOS;
        return isWarm;
    }

    private boolean hasEnough(int samples) {
        return System.nanoTime() - begin > LONGEST_NANOS
                || tallies.values().stream().allMatch(tally -> tally.samples >= samples);
    }
}
