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
public final class NativeSymbolizer implements Symbolizer {
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
    private final Map<String, Module> specialModules = new HashMap<>();

    public NativeSymbolizer(SymbolizerConfig config) {
        this(config, System::nanoTime);
    }

    NativeSymbolizer(SymbolizerConfig config, LongSupplier clock) {
        this.config = config;
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
        Frame[] result = new Frame[kernelCount + userCount];
        if (kernelCount > 0) {
            kernel.refresh();
        }
        for (int i = 0; i < kernelCount; i++) {
            result[i] = kernel.frame(i == 0 ? kernelIps[0] : kernelIps[i] - 1);
        }
        for (int i = 0; i < userCount; i++) {
            result[kernelCount + i] = userFrame(process, i == 0 ? userIps[0] : userIps[i] - 1);
        }
        files.closeOpen();
        count(result);
        int length = lengthWithoutLostEnd(result, kernelCount);
        if (length == result.length) {
            return new SymbolizedStack(result, truncated);
        }
        Frame[] cut = new Frame[length];
        System.arraycopy(result, 0, cut, 0, length);
        return new SymbolizedStack(cut, true);
    }

    public SymbolizerCounters counters() {
        return counters;
    }

    /** What the caches hold now, by their own estimate. To be called by the symbolizer's thread. */
    public long cachedBytes() {
        return frames.bytes() + files.tableBytes() + kernel.memoryBytes() + perfMaps.memoryBytes();
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
            return known;
        }
        counters.frameCacheMisses.incrementAndGet();
        Frame.@Nullable Name name = segment < 0 ? Frame.Name.NONE : files.nameAt(file, inModule, process, i);
        Frame frame = new Frame(FrameType.NATIVE, module, inModule, name == null ? Frame.Name.NONE : name);
        // A name that cannot be read just now may be found through another process.
        return name == null ? frame : frames.add(module, frame, name.memoryBytes());
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
    private static int lengthWithoutLostEnd(Frame[] frames, int kernelCount) {
        int length = frames.length;
        while (length > kernelCount + 1 && frames[length - 1].equals(Frame.UNKNOWN)) {
            length--;
        }
        return length;
    }

    private void count(Frame[] result) {
        int named = 0;
        int unmapped = 0;
        for (Frame frame : result) {
            named += frame.function() == null ? 0 : 1;
            unmapped += frame.equals(Frame.UNKNOWN) ? 1 : 0;
        }
        counters.frames.addAndGet(result.length);
        counters.namedFrames.addAndGet(named);
        counters.unmappedFrames.addAndGet(unmapped);
    }
}
