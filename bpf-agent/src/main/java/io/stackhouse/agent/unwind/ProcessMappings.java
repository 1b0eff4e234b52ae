package io.stackhouse.agent.unwind;

import io.stackhouse.agent.libbpf.BpfMap;
import io.stackhouse.agent.libbpf.NativeBuffer;
import io.stackhouse.agent.libbpf.NativeException;
import io.stackhouse.agent.process.Mappings;
import io.stackhouse.agent.process.TracedProcess;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.stream.IntStream;

/**
 * What the kernel knows of the processes' mappings. One thread. When full, the process that was told of the longest ago goes: it asks again. Ended processes
 * go at each interval's end.
 */
final class ProcessMappings {
    // struct sh_process
    static final int MAX_MAPPINGS = 256;
    static final int PROCESS_START_BOOTTIME = 0;
    static final int PROCESS_EXEC_ID = 8;
    static final int PROCESS_MAPPINGS = 16;
    static final int PROCESS_MAPPING = 24;
    // struct sh_mapping
    static final int MAPPING_START = 0;
    static final int MAPPING_PAGES = 8;
    static final int MAPPING_FIRST_PAGE = 12;
    static final int MAPPING_REGION = 16;
    static final int MAPPING_FLAGS = 20;
    static final int MAPPING_BYTES = 24;
    static final int MAPPING_TABLES = 1;
    static final int MAPPING_GENERATED = 2;
    static final int PROCESS_BYTES = PROCESS_MAPPING + MAX_MAPPINGS * MAPPING_BYTES;

    private final BpfMap map;
    private final int maxProcesses;
    private final TextModules modules;
    private final TableCounters counters;
    private final NativeBuffer key = NativeBuffer.allocate(Long.BYTES);
    private final NativeBuffer value = NativeBuffer.allocate(PROCESS_BYTES);
    private final LinkedHashMap<Integer, Told> told = new LinkedHashMap<>();

    /** What the kernel was told; {@code modules} by range. */
    record Told(TracedProcess process, Mappings mappings, TextModule[] modules) {}

    ProcessMappings(BpfMap map, int maxProcesses, TextModules modules, TableCounters counters) {
        this.map = map;
        this.maxProcesses = maxProcesses;
        this.modules = modules;
        this.counters = counters;
    }

    /** Tells the kernel of the process's mappings as they are known here. */
    Told tell(TracedProcess process) {
        Mappings mappings = process.mappings();
        TextModule[] found = new TextModule[mappings.count()];
        for (int i = 0; i < found.length; i++) {
            found[i] = modules.of(process, mappings, i);
            found[i].users++;
        }
        forget(process.pid());
        if (told.size() >= maxProcesses) {
            forget(told.keySet().iterator().next());
        }
        write(process, mappings, found);
        Told now = new Told(process, mappings, found);
        key.buffer().putInt(0, process.pid());
        try {
            map.update(key, value);
        } catch (NativeException e) {
            counters.processesRefused.incrementAndGet();
            release(now);
            return now;
        }
        told.put(process.pid(), now);
        counters.processes.set(told.size());
        return now;
    }

    /** True if the kernel knows the mappings as they are known here. */
    boolean isCurrent(TracedProcess process) {
        Told before = told.get(process.pid());
        return before != null && before.process() == process && before.mappings() == process.mappings();
    }

    /** Forgets the processes that have ended. */
    void forgetEnded() {
        Iterator<Told> all = told.values().iterator();
        while (all.hasNext()) {
            Told one = all.next();
            if (!Files.exists(one.process().procDirectory())) {
                key.buffer().putInt(0, one.process().pid());
                boolean unused = map.delete(key);
                release(one);
                all.remove();
            }
        }
        counters.processes.set(told.size());
    }

    private void forget(int pid) {
        Told before = told.remove(pid);
        if (before != null) {
            key.buffer().putInt(0, pid);
            boolean unused = map.delete(key);
            release(before);
        }
    }

    private static void release(Told one) {
        for (TextModule module : one.modules()) {
            module.users--;
        }
    }

    private void write(TracedProcess process, Mappings mappings, TextModule[] found) {
        ByteBuffer out = value.buffer();
        int n = 0;
        for (int i : largest(mappings)) {
            long offset = mappings.fileOffset(i);
            TextModule module = found[i];
            boolean hasTables = module.hasTables() && module.pageOf(offset) >= 0;
            boolean isGenerated = mappings.kind(i) == Mappings.GENERATED;
            int at = PROCESS_MAPPING + n++ * MAPPING_BYTES;
            out.putLong(at + MAPPING_START, mappings.start(i));
            out.putInt(at + MAPPING_PAGES, (int)
                    Math.min(Integer.MAX_VALUE, (mappings.end(i) - mappings.start(i)) >>> RegionBuilder.PAGE_SHIFT));
            out.putInt(at + MAPPING_FIRST_PAGE, hasTables ? (int) module.pageOf(offset) : 0);
            out.putInt(at + MAPPING_REGION, hasTables ? module.regionBase() : 0);
            out.putInt(at + MAPPING_FLAGS, (hasTables ? MAPPING_TABLES : 0) | (isGenerated ? MAPPING_GENERATED : 0));
        }
        out.putLong(PROCESS_START_BOOTTIME, process.startBoottimeNanos());
        out.putLong(PROCESS_EXEC_ID, process.execId());
        out.putInt(PROCESS_MAPPINGS, n);
    }

    /** The ranges that are told, in their order; of too many the largest. */
    private int[] largest(Mappings mappings) {
        int count = mappings.count();
        if (count <= MAX_MAPPINGS) {
            return IntStream.range(0, count).toArray();
        }
        counters.mappingsLeftOut.addAndGet(count - MAX_MAPPINGS);
        Integer[] bySize = new Integer[count];
        Arrays.setAll(bySize, i -> i);
        Arrays.sort(bySize, Comparator.comparingLong(i -> mappings.start(i) - mappings.end(i)));
        int[] kept = new int[MAX_MAPPINGS];
        for (int i = 0; i < MAX_MAPPINGS; i++) {
            kept[i] = bySize[i];
        }
        Arrays.sort(kept);
        return kept;
    }
}
