package io.stackhouse.agent.unwind;

import io.stackhouse.agent.libbpf.KernelClock;
import io.stackhouse.agent.libbpf.MappedArray;
import io.stackhouse.agent.libbpf.NativeBuffer;
import io.stackhouse.agent.process.Mappings;
import io.stackhouse.agent.process.ProcessTable;
import io.stackhouse.agent.process.TracedProcess;
import io.stackhouse.agent.sample.RawStack;
import io.stackhouse.agent.symbol.MappedFiles;
import io.stackhouse.agent.symbol.SymbolizerCounters;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Gives the BPF program what it needs to walk stacks: the mappings of the processes it meets, and tables of the code it meets in them. It asks ({@link #need}); each
 * process asks at most once in a while, and all together get {@value #SHARE_PERCENT} % of a CPU in the long run: what comes beyond that is set aside,
 * counted, and asked for again.
 *
 * <p>Threads: the sampling thread alone; the counters may be read from any. Owns the tables; the maps stay the BPF object's, which must be closed later.
 */
public final class UnwindTables implements AutoCloseable {
    // stack_record.need
    private static final int NEED_RANGE = 2;
    private static final int NEED_REGION = 3;

    private static final int SHARE_PERCENT = 10;
    private static final long BURST_NANOS = 500_000_000L;
    /** At the start everything is new, and nothing is compiled yet. */
    private static final long START_NANOS = 3_000_000_000L;

    private static final int USED_SHIFT = 32;
    private static final int MAX_MODULES = 2048;
    private static final long FIRST_QUIET_NANOS = 1_000_000_000L;

    private static final List<String> FOLDERS =
            List.of("/lib64", "/usr/lib64", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu");
    private static final List<String> COMMON = List.of(
            "libc.so.6",
            "ld-linux-x86-64.so.2",
            "ld-linux-aarch64.so.1",
            "libm.so.6",
            "libstdc++.so.6",
            "libgcc_s.so.1",
            "libz.so.1",
            "libssl.so.3",
            "libcrypto.so.3");

    private final ProcessTable processes;
    private final UnwindMaps maps;
    private final TableCounters counters = new TableCounters();
    private final KernelClock clock = new KernelClock();
    private final TableLoader loader;
    private final TextModules modules;
    private final ProcessMappings mappings;
    private final Deque<Path> toPreload = new ArrayDeque<>();
    private final NativeBuffer latchKey = NativeBuffer.allocate(3 * Long.BYTES);
    private final NativeBuffer latchUntil = NativeBuffer.allocate(Long.BYTES);
    private long allowanceNanos = START_NANOS;
    private long allowanceAtNanos;

    /**
     * Tables for one BPF object.
     *
     * @param processes owned by the caller
     * @param maps of the object
     * @param maxBytes kernel memory that tables may take, at least one chunk of 512 KiB
     * @param maxProcesses how many processes the kernel's map takes
     */
    public UnwindTables(ProcessTable processes, UnwindMaps maps, long maxBytes, int maxProcesses) {
        this.processes = processes;
        this.maps = maps;
        RegionMap regions =
                new RegionMap(MappedArray.of(maps.regions(), RegionMap.MAX_REGIONS * RegionMap.REGION_BYTES));
        ChunkStore chunks = new ChunkStore(maps.chunks(), (int) Math.max(1, maxBytes / ChunkStore.CHUNK_BYTES));
        loader = new TableLoader(regions, chunks, counters);
        modules = new TextModules(loader, counters, new MappedFiles(new SymbolizerCounters()), MAX_MODULES);
        mappings = new ProcessMappings(maps.mappings(), maxProcesses, modules, counters);
        allowanceAtNanos = System.nanoTime();
        for (String folder : FOLDERS) {
            for (String name : COMMON) {
                toPreload.add(Path.of(folder, name));
            }
        }
    }

    /** Answers a request of the program. */
    public void need(RawStack request) {
        long began = clock.threadCpuNanos();
        if (!isAllowed()) {
            counters.deferred.incrementAndGet();
            return;
        }
        TracedProcess process = processes.lookup(
                request.tgid(), request.startBoottimeNanos(), request.execId(), request.comm(), request.cgroupId());
        long now = request.boottimeNanos() >>> USED_SHIFT;
        long address = request.userIps()[0];
        switch (request.need()) {
            case NEED_RANGE -> range(process, address, request.boottimeNanos(), now);
            case NEED_REGION -> region(process, address, request.region(), now);
            default -> {
                // Else it was answered while the request was under way.
                if (!mappings.isCurrent(process)) {
                    tell(process, now);
                }
            }
        }
        allowanceNanos -= clock.threadCpuNanos() - began;
    }

    /** Does a little of what can be done ahead; to be called at each turn of the sampling thread. */
    public void prepare() {
        if (toPreload.isEmpty() || !isAllowed()) {
            return;
        }
        long began = clock.threadCpuNanos();
        Path next = toPreload.poll();
        if (next != null) {
            boolean unused = modules.preload(next, clock.boottimeNanos() >>> USED_SHIFT);
            allowanceNanos -= clock.threadCpuNanos() - began;
        }
    }

    /** Forgets what has ended. */
    public void endInterval() {
        mappings.forgetEnded();
        modules.endInterval();
    }

    public TableCounters counters() {
        return counters;
    }

    @Override
    public void close() {
        loader.close();
    }

    private void tell(TracedProcess process, long now) {
        ProcessMappings.Told told = mappings.tell(process);
        for (int i = 0; i < told.modules().length; i++) {
            TextModule module = told.modules()[i];
            if (module.hasTables() && module.isSmall() && !module.isLoaded) {
                module.isLoaded = true;
                modules.load(module, process, i, TextModules.ALL, now);
            }
        }
    }

    private void range(TracedProcess process, long address, long boottimeNanos, long now) {
        if (process.mappings().find(address) < 0) {
            boolean unused = process.refreshMappings(address);
        }
        if (!mappings.isCurrent(process)) {
            tell(process, now);
        }
        if (process.mappings().find(address) < 0) {
            // Most likely it is no code at all, but what a frame pointer was not.
            quiet(process, boottimeNanos + FIRST_QUIET_NANOS);
        }
    }

    private void region(TracedProcess process, long address, int region, long now) {
        if (!mappings.isCurrent(process)) {
            tell(process, now);
        }
        Mappings known = process.mappings();
        int i = known.find(address);
        if (i < 0) {
            return;
        }
        TextModule module = modules.of(process, known, i);
        if (module.has(region)) {
            modules.load(module, process, i, region, now);
        }
    }

    /** Makes the process ask for nothing until then. */
    private void quiet(TracedProcess process, long untilBoottimeNanos) {
        ByteBuffer key = latchKey.buffer();
        key.putLong(0, process.startBoottimeNanos());
        key.putLong(Long.BYTES, process.execId());
        key.putLong(2 * Long.BYTES, process.pid());
        latchUntil.buffer().putLong(0, untilBoottimeNanos);
        maps.latches().update(latchKey, latchUntil);
    }

    private boolean isAllowed() {
        long nowNanos = System.nanoTime();
        long gained = (nowNanos - allowanceAtNanos) / 100 * SHARE_PERCENT;
        allowanceNanos = Math.min(Math.max(allowanceNanos, BURST_NANOS), allowanceNanos + gained);
        allowanceAtNanos = nowNanos;
        return allowanceNanos > 0;
    }
}
