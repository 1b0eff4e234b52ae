package io.stackhouse.agent.symbol;

import io.stackhouse.agent.elf.ByteWindow;
import io.stackhouse.agent.process.Mappings;
import io.stackhouse.agent.process.TracedProcess;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Names user code from ELF symbol tables, the vdso and perf maps, and kernel code from kallsyms.
 *
 * <p>Threads: one, that of the process table. It runs when a stack was seen for the first time, never while a sample is taken. It reads what it needs when it
 * first needs it: opening a large library costs up to some hundred milliseconds once. Memory is bounded by {@link SymbolizerConfig}; what no longer fits
 * is dropped, least recently used first, counted, and read again when it is asked for. Holds no file open between two calls.
 */
public final class NativeSymbolizer implements Symbolizer, AutoCloseable {
    private static final int WINDOW_BYTES = 32 * 1024;
    /** Nothing is mapped below, and nothing of a user above. */
    private static final long LOWEST_USER_ADDRESS = 0x10000;

    private static final long HIGHEST_USER_ADDRESS = 0x00ff_ffff_ffff_ffffL;
    private static final int MAX_SPECIAL_MODULES = 64;

    private final SymbolizerConfig config;
    private final SymbolizerCounters counters = new SymbolizerCounters();
    private final FrameCache frames;
    private final CodeFiles files;
    private final Kernel kernel;
    private final Vdso vdso;
    private final PerfMaps perfMaps;
    private final RuntimeFrames runtimes;
    private final @Nullable LineResolver lines;
    private final FrameList result = new FrameList();
    private final Map<String, Module> specialModules = new HashMap<>();

    /** Without run times that describe their own code, and without lines of native code. */
    public NativeSymbolizer(SymbolizerConfig config) {
        this(config, RuntimeFrames.NONE, DebugInfoConfig.off());
    }

    /** With a run time that does. */
    public NativeSymbolizer(SymbolizerConfig config, RuntimeFrames runtimes) {
        this(config, runtimes, DebugInfoConfig.off());
    }

    /** With lines of native code as configured, which takes a thread: to be closed. */
    public NativeSymbolizer(SymbolizerConfig config, RuntimeFrames runtimes, DebugInfoConfig debugInfo) {
        this(config, runtimes, debugInfo, System::nanoTime);
    }

    NativeSymbolizer(SymbolizerConfig config, RuntimeFrames runtimes, DebugInfoConfig debugInfo, LongSupplier clock) {
        this.runtimes = runtimes;
        this.config = config;
        lines = debugInfo.isOn() ? new LineResolver(debugInfo, counters) : null;
        ByteWindow window = new ByteWindow(WINDOW_BYTES);
        frames = new FrameCache(config.frameCacheBytes());
        files = new CodeFiles(config, counters, window);
        kernel = new Kernel(config, counters, frames, window, clock);
        vdso = new Vdso(frames, window);
        perfMaps = new PerfMaps(config, counters, clock);
    }

    @Override
    public SymbolizedStack symbolize(
            TracedProcess process,
            long[] kernelIps,
            int kernelCount,
            long[] userIps,
            int userCount,
            boolean truncated) {
        return symbolize(process, new NativeStack(kernelIps, kernelCount, userIps, userCount, truncated));
    }

    @Override
    public SymbolizedStack symbolize(TracedProcess process, RecordedStack stack) {
        result.clear();
        int kernelCount = stack.kernelCount();
        if (kernelCount > 0) {
            kernel.refresh();
        }
        for (int i = 0; i < kernelCount; i++) {
            result.add(kernel.frame(i == 0 ? stack.kernelIps()[0] : stack.kernelIps()[i] - 1));
        }
        runtimes.prepare(process);
        for (int i = 0; i < stack.userCount(); i++) {
            addUserFrame(process, stack, i);
        }
        files.closeOpen();
        count();
        int length = lengthWithoutLostEnd(kernelCount);
        boolean isWhole = length == result.size() && !result.isCut();
        return new SymbolizedStack(result.copy(length), stack.isTruncated() || !isWhole);
    }

    public SymbolizerCounters counters() {
        return counters;
    }

    /** What the caches hold now, by their own estimate. To be called by the symbolizer's thread. */
    public long cachedBytes() {
        return frames.bytes() + files.tableBytes() + kernel.memoryBytes() + perfMaps.memoryBytes();
    }

    private void addUserFrame(TracedProcess process, RecordedStack stack, int i) {
        long address = stack.userIps()[i];
        int type = stack.userType(i);
        if (type != 0) {
            RuntimeFrames.RuntimeFrame frame =
                    new RuntimeFrames.RuntimeFrame(type, address, stack.userCookie(i, 0), i == 0);
            if (!runtimes.add(process, frame, result)) {
                result.add(perfMaps.frame(process, i == 0 ? address : address - 1));
            }
            return;
        }
        result.add(userFrame(process, i == 0 ? address : address - 1));
    }

    private Frame userFrame(TracedProcess process, long address) {
        Mappings mappings = process.mappings();
        int i = mappings.find(address);
        if (i == Mappings.UNMAPPED && isPlausible(address) && process.refreshMappings(address)) {
            mappings = process.mappings();
            i = mappings.find(address);
        }
        if (i < 0) {
            return Frame.UNKNOWN;
        }
        return switch (mappings.kind(i)) {
            case Mappings.FILE -> fileFrame(process, mappings, i, address);
            case Mappings.GENERATED -> perfMaps.frame(process, address);
            case Mappings.VDSO ->
                vdso.frame(config.procRoot(), address - mappings.start(i), mappings.end(i) - mappings.start(i));
            default -> specialFrame(mappings.path(i), address);
        };
    }

    private Frame fileFrame(TracedProcess process, Mappings mappings, int i, long address) {
        CodeFile file = files.fileOf(process, mappings, i);
        long offset = address - mappings.start(i) + mappings.fileOffset(i);
        int segment = file.segmentAt(offset);
        Module module = file.module(segment);
        long inModule = file.address(segment, offset);
        Frame known = frames.find(module, inModule);
        if (known != null) {
            askForLines(known, file, process, mappings, i);
            return known;
        }
        counters.frameCacheMisses.incrementAndGet();
        Frame.@Nullable Name name = segment < 0 ? Frame.Name.NONE : files.nameAt(file, inModule, process, i);
        Frame frame = new Frame(FrameType.NATIVE, module, inModule, name == null ? Frame.Name.NONE : name);
        // A name that cannot be read just now may be found through another process.
        askForLines(frame, file, process, mappings, i);
        return name == null ? frame : frames.add(module, frame, name.memoryBytes());
    }

    /** Once per frame, unless there was no room. */
    private void askForLines(Frame frame, CodeFile file, TracedProcess process, Mappings mappings, int i) {
        if (lines == null || frame.isAsked()) {
            return;
        }
        DebugTarget target = file.debugTarget(process, mappings, i);
        if (target == null || lines.ask(target, frame)) {
            frame.ask();
        }
    }

    /** Ends the thread that looks up lines. */
    @Override
    public void close() {
        if (lines != null) {
            lines.close();
        }
    }

    /** Such ranges lie at the same addresses in all processes. */
    private Frame specialFrame(String name, long address) {
        Module module = specialModules.get(name);
        if (module == null) {
            module = new Module(name, 0, 0, 0, null, null);
            if (specialModules.size() < MAX_SPECIAL_MODULES) {
                specialModules.put(name, module);
            }
        }
        Frame known = frames.find(module, address);
        return known != null
                ? known
                : frames.add(module, new Frame(FrameType.NATIVE, module, address, Frame.Name.NONE), 0);
    }

    private static boolean isPlausible(long address) {
        return address >= LOWEST_USER_ADDRESS && address <= HIGHEST_USER_ADDRESS;
    }

    /** At least one user frame stays, to say that there was something. */
    private int lengthWithoutLostEnd(int kernelCount) {
        int length = result.size();
        while (length > kernelCount + 1 && result.get(length - 1).equals(Frame.UNKNOWN)) {
            length--;
        }
        return length;
    }

    private void count() {
        int named = 0;
        int unmapped = 0;
        for (int i = 0; i < result.size(); i++) {
            named += result.get(i).function() == null ? 0 : 1;
            unmapped += result.get(i).equals(Frame.UNKNOWN) ? 1 : 0;
        }
        counters.frames.addAndGet(result.size());
        counters.namedFrames.addAndGet(named);
        counters.unmappedFrames.addAndGet(unmapped);
    }

    /** Addresses alone. */
    @SuppressWarnings("ArrayRecordComponent") // Lives during one call.
    private record NativeStack(long[] kernelIps, int kernelCount, long[] userIps, int userCount, boolean isTruncated)
            implements RecordedStack {
        @Override
        public int userType(int frame) {
            return 0;
        }

        @Override
        public long userCookie(int frame, int i) {
            return 0;
        }
    }
}
