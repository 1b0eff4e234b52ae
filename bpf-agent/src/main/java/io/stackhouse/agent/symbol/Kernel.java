package io.stackhouse.agent.symbol;

import io.stackhouse.agent.elf.ByteSource;
import io.stackhouse.agent.elf.ByteWindow;
import io.stackhouse.agent.elf.ElfNotes;
import io.stackhouse.agent.process.ByteLines;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frames of the kernel. Its symbols are read with the first kernel frame and again when the list of modules changed (looked at once a minute) or when an address is in
 * nothing known (every five minutes at most), since BPF programs come and go.
 *
 * <p>Addresses count from {@code _text} or from the module's base. Without symbols (no CAP_SYSLOG) they stay 0: a raw address would differ from boot to boot
 * and give away where the kernel lies.
 */
final class Kernel {
    private static final Logger log = LoggerFactory.getLogger(Kernel.class);
    private static final long MODULES_CHECK_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long UNKNOWN_RELOAD_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final long MAX_KALLSYMS_BYTES = 256 << 20;
    private static final long MAX_MODULES_BYTES = 4 << 20;
    private static final int MAX_MODULES = 4096;

    private final SymbolizerConfig config;
    private final SymbolizerCounters counters;
    private final FrameCache frames;
    private final ByteLines lines;
    private final ByteWindow window;
    private final LongSupplier clock;

    private final Map<String, Module> modulesByName = new HashMap<>();
    private KernelSymbols symbols = KernelSymbols.NONE;
    private KernelModules loaded = KernelModules.NONE;
    private Module vmlinux = new Module("vmlinux", 0, 0, 0, null, null);
    private Frame unnamed = new Frame(FrameType.KERNEL, vmlinux, 0, Frame.Name.NONE);
    private boolean isRead;
    private long checkedAtNanos;
    private long readAtNanos;

    Kernel(
            SymbolizerConfig config,
            SymbolizerCounters counters,
            FrameCache frames,
            ByteWindow window,
            LongSupplier clock) {
        this.config = config;
        this.counters = counters;
        this.frames = frames;
        this.window = window;
        this.clock = clock;
        lines = new ByteLines(64 * 1024);
    }

    /** The frame of a code address. */
    Frame frame(long address) {
        if (symbols.isText(address)) {
            return frame(vmlinux, symbols.textStart(), address, symbols.floor(address));
        }
        if (symbols == KernelSymbols.NONE && isRead) {
            return unnamed;
        }
        int module = loaded.find(address);
        if (module >= 0) {
            int row = symbols.floor(address);
            boolean isInModule = row >= 0 && Long.compareUnsigned(symbols.start(row), loaded.base(module)) >= 0;
            return frame(moduleOf(module), loaded.base(module), address, isInModule ? row : -1);
        }
        return unbounded(address);
    }

    /** Reads what is due to be read; called once per stack with kernel frames. */
    void refresh() {
        long now = clock.getAsLong();
        if (isRead && now - checkedAtNanos < MODULES_CHECK_NANOS) {
            return;
        }
        checkedAtNanos = now;
        if (!isRead || !readModules().isSame(loaded)) {
            read(now);
        }
    }

    long memoryBytes() {
        return symbols.memoryBytes();
    }

    private Frame frame(Module module, long base, long address, int row) {
        Frame known = frames.find(module, address - base);
        if (known != null) {
            return known;
        }
        counters.frameCacheMisses.incrementAndGet();
        Frame.Name name = row < 0 ? Frame.Name.NONE : Frame.Name.ofSymbol(symbols.name(row));
        return frames.add(module, new Frame(FrameType.KERNEL, module, address - base, name), name.memoryBytes());
    }

    /** BPF programs and trampolines: each is a module of its own, since it has neither a file nor a build id that its offset could refer to. */
    private Frame unbounded(long address) {
        int row = symbols.floor(address);
        String owner = row < 0 ? null : symbols.owner(row);
        if (owner != null && !loaded.has(owner) && address - symbols.start(row) < KernelSymbols.MAX_UNBOUNDED_BYTES) {
            Module module = module("[" + symbols.name(row) + "]", KernelSymbols.MAX_UNBOUNDED_BYTES, null);
            return frame(module, symbols.start(row), address, row);
        }
        long now = clock.getAsLong();
        if (now - readAtNanos >= UNKNOWN_RELOAD_NANOS) {
            read(now);
        }
        return Frame.UNKNOWN_KERNEL;
    }

    private Module moduleOf(int index) {
        String name = loaded.name(index);
        Module known = modulesByName.get(name + ".ko");
        return known != null
                ? known
                : module(
                        name + ".ko",
                        loaded.bytes(index),
                        buildIdOf(
                                config.sysRoot().resolve("module").resolve(name).resolve("notes/.note.gnu.build-id")));
    }

    private Module module(String fileName, long bytes, @Nullable String buildId) {
        if (modulesByName.size() >= MAX_MODULES) {
            modulesByName.clear();
        }
        return modulesByName.computeIfAbsent(fileName, name -> new Module(name, 0, bytes, 0, buildId, null));
    }

    private void read(long now) {
        readAtNanos = now;
        isRead = true;
        modulesByName.clear();
        counters.kernelSymbolReads.incrementAndGet();
        try (FileChannel file = FileChannel.open(config.procRoot().resolve("kallsyms"), StandardOpenOption.READ)) {
            symbols = new KallsymsReader().read(lines.open(ByteSource.of(file), 0, MAX_KALLSYMS_BYTES, '\n'));
        } catch (IOException e) {
            symbols = KernelSymbols.NONE;
            log.debug("kallsyms cannot be read", e);
        }
        loaded = readModules();
        Module before = vmlinux;
        Module fresh = new Module(
                "vmlinux",
                0,
                Math.max(0, symbols.textBytes()),
                0,
                buildIdOf(config.sysRoot().resolve("kernel/notes")),
                null);
        vmlinux = fresh.equals(before) ? before : fresh;
        unnamed = new Frame(FrameType.KERNEL, vmlinux, 0, Frame.Name.NONE);
        if (symbols == KernelSymbols.NONE && counters.kernelSymbolsHidden.getAndIncrement() == 0) {
            log.warn(
                    "Kernel frames have no names: kallsyms has no addresses; CAP_SYSLOG and kernel.kptr_restrict below 2 are needed");
        }
    }

    private KernelModules readModules() {
        try (FileChannel file = FileChannel.open(config.procRoot().resolve("modules"), StandardOpenOption.READ)) {
            return KernelModules.read(lines.open(ByteSource.of(file), 0, MAX_MODULES_BYTES, '\n'));
        } catch (IOException e) {
            // A kernel without loadable modules has no such file.
            return KernelModules.NONE;
        }
    }

    private @Nullable String buildIdOf(Path notes) {
        try (FileChannel file = FileChannel.open(notes, StandardOpenOption.READ)) {
            byte[] content = new byte[16 * 1024];
            int count = Math.max(0, ByteSource.of(file).read(ByteBuffer.wrap(content), 0));
            return ElfNotes.gnuBuildId(window.attach(ByteSource.of(Arrays.copyOf(content, count))));
        } catch (IOException e) {
            return null;
        } finally {
            window.detach();
        }
    }
}
