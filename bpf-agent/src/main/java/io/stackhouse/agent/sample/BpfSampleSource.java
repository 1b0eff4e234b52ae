package io.stackhouse.agent.sample;

import io.stackhouse.agent.libbpf.BpfLink;
import io.stackhouse.agent.libbpf.BpfMap;
import io.stackhouse.agent.libbpf.BpfObject;
import io.stackhouse.agent.libbpf.BpfProgram;
import io.stackhouse.agent.libbpf.BpfRunStatistics;
import io.stackhouse.agent.libbpf.KernelClock;
import io.stackhouse.agent.libbpf.MapMemory;
import io.stackhouse.agent.libbpf.NativeBuffer;
import io.stackhouse.agent.libbpf.NativeException;
import io.stackhouse.agent.libbpf.PerfEvent;
import io.stackhouse.agent.libbpf.PossibleCpus;
import io.stackhouse.agent.libbpf.RingMapping;
import io.stackhouse.agent.unwind.UnwindMaps;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Samples every CPU by the BPF programs of this package: at a software clock event per CPU, and where {@link MoreEvents} say so at one page fault in so many and at
 * sleeps. What is not asked for is not loaded.
 *
 * <p>One thread, as {@link SampleSource} says; only {@link #mapBytes()} and {@link #mappedRingBytes()} may be read from any. Owns the
 * BPF object, its links and events, and closes them in reverse order. All of them are held by descriptors alone, so the kernel
 * frees them even when the process is killed.
 */
public final class BpfSampleSource implements SampleSource {
    /** The program's name for CPU time, as the kernel shows it (at most 15 characters). */
    public static final String PROGRAM = "stackhouse_cpu";

    static final String PAGE_FAULT_PROGRAM = "stackhouse_fault";
    static final String SLEEP_PROGRAM = "stackhouse_sleep";

    private static final Logger LOG = LoggerFactory.getLogger(BpfSampleSource.class);
    private static final int COUNT_SLACK = 64;
    private static final long NEED_INTERVAL_NANOS = 20_000_000;

    private final SamplerConfig config;
    private final EventPeriods periods;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final Deque<BpfLink> links = new ArrayDeque<>();
    private final Map<Event, BpfProgram> programs = new EnumMap<>(Event.class);
    private final @Nullable SleepDraw draw;
    private final KernelClock clock = new KernelClock();
    private final BpfMap counts;
    private final BpfMap[] countMaps;
    private final BpfMap seen;
    private final RingMapping ring;
    private final RingConsumer records;
    private final CounterReader counters;
    private final NativeBuffer key = NativeBuffer.allocate(Long.BYTES);
    private final NativeBuffer value = NativeBuffer.allocate(Long.BYTES);
    private final NativeBuffer countKeys;
    private final NativeBuffer countValues;
    private final int countCapacity;
    private final BpfMap hotspots;
    private final BpfMap contexts;
    private final BpfMap sharedTraces;
    private final UnwindMaps unwindMaps;
    private final long mapBytes;
    private int current;

    private BpfSampleSource(SamplerConfig config, BpfObject object) {
        this.config = config;
        MoreEvents more = config.more();
        this.periods = new EventPeriods(SamplingPeriod.nanos(config.frequencyHertz()), more.pageFaultPeriod());
        open.push(object);
        programs.put(Event.CPU, object.program(PROGRAM));
        if (more.hasPageFaults()) {
            programs.put(Event.PAGE_FAULT, object.program(PAGE_FAULT_PROGRAM));
        }
        counts = object.map("counts", Integer.BYTES, Integer.BYTES);
        countMaps = new BpfMap[] {countMap(object, "counts_a"), countMap(object, "counts_b")};
        seen = object.map("seen", Long.BYTES, Integer.BYTES);
        BpfMap ringMap = object.map("ring", 0, 0);
        ring = new RingMapping(ringMap, config.ringBytes());
        open.push(ring);
        records = new RingConsumer(ring.consumerPage(), ring.producerPage(), ring.data());
        BpfMap counterMap = object.map("counters", Integer.BYTES, RecordLayout.COUNTERS_BYTES);
        counters = new CounterReader(counterMap);
        countCapacity = config.maxCounts() + COUNT_SLACK;
        countKeys = NativeBuffer.allocate(countCapacity * RecordLayout.COUNT_KEY_BYTES);
        countValues = NativeBuffer.allocate(countCapacity * RecordLayout.COUNT_BYTES);
        BpfMap processes = object.map("processes", RecordLayout.PROCESS_KEY_BYTES, Long.BYTES);
        BpfMap scratch = object.map("scratch", Integer.BYTES, RecordLayout.RECORD_BYTES);
        BpfMap unwinds = object.map("unwinds", Integer.BYTES, 0);
        BpfMap tracedScratch = object.map("traced_scratch", Integer.BYTES, RecordLayout.TRACED_BYTES);
        hotspots = object.map("hotspots", Integer.BYTES, 0);
        contexts = object.map("contexts", Integer.BYTES, 0);
        sharedTraces = object.map("traces", Integer.BYTES, Integer.BYTES);
        unwindMaps = new UnwindMaps(
                object.map("mappings", Integer.BYTES, 0),
                object.map("regions", Integer.BYTES, 0),
                object.map("chunks", Integer.BYTES, Integer.BYTES),
                processes);
        long bytes = MapMemory.bytes(unwindMaps.regions()) + MapMemory.bytes(unwindMaps.chunks());
        BpfMap draws = object.map("draws", Integer.BYTES, RecordLayout.DRAW_BYTES);
        draw = more.hasSleeps() ? new SleepDraw(draws, more.sleepsPerSecond()) : null;
        if (draw != null) {
            programs.put(Event.OFF_CPU, object.program(SLEEP_PROGRAM));
            open.push(draw);
        }
        for (BpfMap map : new BpfMap[] {
            draws,
            object.map("sleeps", Integer.BYTES, RecordLayout.SLEEP_BYTES),
            object.map("asleep", Integer.BYTES, Integer.BYTES),
            object.map("sleep_scratch", Integer.BYTES, RecordLayout.SLEEP_BYTES),
            counts,
            countMaps[0],
            countMaps[1],
            seen,
            ringMap,
            counterMap,
            processes,
            scratch,
            unwinds,
            hotspots,
            contexts,
            sharedTraces,
            tracedScratch
        }) {
            bytes += MapMemory.bytes(map);
        }
        mapBytes = bytes;
    }

    /**
     * Loads the program; nothing is sampled yet.
     *
     * @throws NativeException if libbpf is missing or the kernel refuses; its message has the reason
     */
    public static BpfSampleSource load(SamplerConfig config) {
        BpfObject object = BpfObject.open(BpfCode.read(), "stackhouse");
        try {
            object.setMaxEntries("ring", config.ringBytes());
            object.setMaxEntries("seen", config.maxStacks());
            object.setMaxEntries("counts_a", config.maxCounts());
            object.setMaxEntries("counts_b", config.maxCounts());
            object.setMaxEntries("processes", config.maxProcesses());
            object.setMaxEntries("mappings", config.maxProcesses());
            object.setMaxEntries("contexts", config.maxProcesses());
            setUp(object, config.more());
            ByteBuffer settings = object.constants();
            if (settings.capacity() != RecordLayout.SETTINGS_BYTES) {
                throw new IllegalStateException(
                        "the BPF object has " + settings.capacity() + " bytes of settings, this version knows "
                                + RecordLayout.SETTINGS_BYTES + ": rebuild both together");
            }
            settings.putLong(RecordLayout.SETTINGS_HASH_SEED, new SplittableRandom().nextLong());
            settings.putLong(RecordLayout.SETTINGS_NEED_INTERVAL, NEED_INTERVAL_NANOS);
            settings.putInt(RecordLayout.SETTINGS_TABLES, config.maxTableBytes() > 0 ? 1 : 0);
            settings.putInt(RecordLayout.SETTINGS_AGGREGATE, config.aggregation() == Aggregation.KERNEL ? 1 : 0);
            settings.putInt(RecordLayout.SETTINGS_CONTEXTS, config.contexts() ? 1 : 0);
            object.load();
            return new BpfSampleSource(config, object);
        } catch (RuntimeException e) {
            object.close();
            throw e;
        }
    }

    /** What is not asked for takes no memory: of the maps by event only the first entries are made. */
    private static void setUp(BpfObject object, MoreEvents more) {
        Event last = more.hasSleeps() ? Event.OFF_CPU : more.hasPageFaults() ? Event.PAGE_FAULT : Event.CPU;
        for (String map : new String[] {"scratch", "unwinds", "traced_scratch", "counters"}) {
            object.setMaxEntries(map, last.code() + 1);
        }
        if (!more.hasPageFaults()) {
            object.leaveOut(PAGE_FAULT_PROGRAM);
        }
        if (more.hasSleeps()) {
            object.setMaxEntries("sleeps", more.maxSleeps());
            object.setMaxEntries("draws", PossibleCpus.count());
        } else {
            object.leaveOut(SLEEP_PROGRAM);
            object.setMaxEntries("asleep", 1);
        }
    }

    @Override
    public void start() {
        try {
            open.push(BpfRunStatistics.enable());
        } catch (NativeException e) {
            LOG.info("No BPF run time in the metrics: {} (it takes CAP_SYS_ADMIN)", e.getMessage());
        }
        open.push(this::stop);
        for (int cpu : OnlineCpus.read()) {
            links.push(attach(Event.CPU, PerfEvent.openCpuClock(cpu, periods.cpuNanos())));
            if (config.more().hasPageFaults()) {
                links.push(attach(Event.PAGE_FAULT, PerfEvent.openPageFaults(cpu, periods.pageFaults())));
            }
        }
        if (draw != null) {
            draw.begin(clock.boottimeNanos());
            links.push(program(Event.OFF_CPU).attachToTracepoint());
        }
    }

    @Override
    public void stop() {
        while (!links.isEmpty()) {
            links.pop().close();
        }
    }

    @Override
    public EventPeriods periods() {
        return periods;
    }

    @Override
    public void poll(int timeoutMillis, StackConsumer stacks) {
        ring.await(timeoutMillis);
        records.drain(stacks);
        if (draw != null) {
            draw.look(clock.boottimeNanos());
        }
    }

    @Override
    public void drain(StackConsumer stacks, CountConsumer to) {
        if (config.aggregation() == Aggregation.NONE) {
            records.drain(stacks);
            return;
        }
        BpfMap full = countMaps[current];
        flip();
        // Whatever was counted in the old map was submitted to the ring before.
        records.drain(stacks);
        int taken = full.takeAll(countKeys, countValues, countCapacity);
        ByteBuffer keys = countKeys.buffer();
        ByteBuffer values = countValues.buffer();
        for (int i = 0; i < taken; i++) {
            int at = i * RecordLayout.COUNT_BYTES;
            to.count(
                    keys.getLong(i * RecordLayout.COUNT_KEY_BYTES),
                    values.getInt(at + RecordLayout.COUNT_TGID),
                    Event.of(values.getInt(at + RecordLayout.COUNT_EVENT)),
                    values.getLong(at + RecordLayout.COUNT_COUNT));
        }
    }

    @Override
    public void forget(long hash) {
        key.buffer().putLong(0, hash);
        boolean unused = seen.delete(key);
    }

    @Override
    public SampleCounters counters(Event event) {
        return counters.read(event, programs.get(event), event == Event.CPU ? records.malformed() : 0);
    }

    @Override
    public long sleepChanceMillionths() {
        return draw == null ? 0 : draw.chanceMillionths();
    }

    /** Every sleep is drawn from now until the next look, for tests that want to know them all. */
    void drawWith(long odds) {
        if (draw != null) {
            draw.begin(clock.boottimeNanos(), odds);
        }
    }

    /** The JVMs whose stacks are walked, by pid: {@code struct sh_hotspot} of hotspot.h. */
    public BpfMap hotspots() {
        return hotspots;
    }

    /** Where the threads of processes keep their contexts, by pid: {@code struct sh_context_place} of context.h. */
    public BpfMap contexts() {
        return contexts;
    }

    /** An array of one map: the traces by thread that another program shares. */
    public BpfMap sharedTraces() {
        return sharedTraces;
    }

    /** What the unwinder's tables are put into. */
    public UnwindMaps unwindMaps() {
        return unwindMaps;
    }

    /** Kernel memory of all maps but the unwinder's tables. */
    public long mapBytes() {
        return mapBytes + MapMemory.bytes(unwindMaps.mappings());
    }

    /** The part of the address space that shows the ring: it counts as resident without being this process's own. */
    public long mappedRingBytes() {
        return ring.mappedBytes();
    }

    /** How many instructions the verifier walked through for the event's program. */
    int verifiedInstructions(Event event) {
        BpfProgram program = program(event);
        program.refresh();
        return program.verifiedInstructions();
    }

    @Override
    public void close() {
        @Nullable RuntimeException failure = null;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                RuntimeException first =
                        failure == null ? new IllegalStateException("cannot close the BPF program") : failure;
                first.addSuppressed(e);
                failure = first;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private BpfLink attach(Event what, PerfEvent event) {
        try (event) {
            return program(what).attach(event);
        }
    }

    private BpfProgram program(Event event) {
        return Objects.requireNonNull(programs.get(event));
    }

    /** Makes the program count in the other map; returns when nothing counts in the old one any more. */
    private void flip() {
        int next = 1 - current;
        key.buffer().putLong(0, 0);
        value.buffer().putInt(0, countMaps[next].fd());
        counts.update(key, value);
        current = next;
    }

    private static BpfMap countMap(BpfObject object, String name) {
        return object.map(name, RecordLayout.COUNT_KEY_BYTES, RecordLayout.COUNT_BYTES);
    }
}
