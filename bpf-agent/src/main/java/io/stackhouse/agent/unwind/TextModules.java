package io.stackhouse.agent.unwind;

import io.stackhouse.agent.elf.ByteSource;
import io.stackhouse.agent.elf.ByteWindow;
import io.stackhouse.agent.elf.ElfFile;
import io.stackhouse.agent.elf.ElfFormatException;
import io.stackhouse.agent.process.Mappings;
import io.stackhouse.agent.process.TracedProcess;
import io.stackhouse.agent.process.VdsoImage;
import io.stackhouse.agent.symbol.FileKey;
import io.stackhouse.agent.symbol.MappedFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The files that code runs from: one module for all processes that map it, and for all files with the same build id. Files are open only while something is read
 * from them. One thread. When full, modules that no process in the kernel's map uses go.
 */
final class TextModules {
    /** Instead of a region's number. */
    static final int ALL = -1;

    private static final int WINDOW_BYTES = 1 << 16;

    private final TableLoader loader;
    private final TableCounters counters;
    private final MappedFiles files;
    private final int maxModules;
    private final ByteWindow window = new ByteWindow(WINDOW_BYTES);
    private final TextModule unreadable = new TextModule(null, 0, 0);
    private final Map<FileKey, TextModule> byFile = new HashMap<>();
    private final Map<String, TextModule> byBuildId = new HashMap<>();
    /** Modules by what {@code /proc/PID/maps} says of them, found within this interval: spares opening the file for each process. */
    private final Map<Seen, TextModule> seen = new HashMap<>();

    private byte[] vdsoImage = new byte[0];
    private @Nullable TextModule vdso;

    private record Seen(long device, long inode, String path) {}

    TextModules(TableLoader loader, TableCounters counters, MappedFiles files, int maxModules) {
        this.loader = loader;
        this.counters = counters;
        this.files = files;
        this.maxModules = maxModules;
    }

    /** The module behind an executable range: never null, but maybe without tables. */
    TextModule of(TracedProcess process, Mappings mappings, int i) {
        if (mappings.kind(i) == Mappings.VDSO) {
            return vdso(mappings.end(i) - mappings.start(i));
        }
        if (mappings.kind(i) != Mappings.FILE) {
            return unreadable;
        }
        Seen key = new Seen(mappings.device(i), mappings.inode(i), mappings.path(i));
        TextModule known = seen.get(key);
        if (known != null) {
            return known;
        }
        MappedFiles.Opened opened = files.open(process, mappings, i);
        if (opened == null) {
            counters.modulesUnreadable.incrementAndGet();
            return unreadable;
        }
        TextModule found = readOrKnown(opened.channel(), opened.key());
        seen.put(key, found);
        return found;
    }

    /** Reads tables of a module that lies behind this range: one region, or all that are missing. */
    void load(TextModule module, TracedProcess process, int range, int onlyRegion, long now) {
        Mappings mappings = process.mappings();
        if (module == vdso) {
            load(module, ByteSource.of(vdsoImage), onlyRegion, now);
            return;
        }
        MappedFiles.Opened opened = files.open(process, mappings, range);
        if (opened == null) {
            return;
        }
        try (FileChannel channel = opened.channel()) {
            if (byFile.get(opened.key()) == module) {
                load(module, ByteSource.of(channel), onlyRegion, now);
            }
        } catch (IOException e) {
            counters.modulesUnreadable.incrementAndGet();
        }
    }

    /** Reads the tables of a file that many processes will map; false if there is no such file. */
    boolean preload(Path path, long now) {
        try {
            FileKey key = FileKey.of(path);
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            TextModule module = readOrKnown(channel, key);
            try (FileChannel again = FileChannel.open(path, StandardOpenOption.READ)) {
                if (module.hasTables() && module.isSmall()) {
                    load(module, ByteSource.of(again), ALL, now);
                }
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Files may be replaced from now on: they are looked at again. */
    void endInterval() {
        seen.clear();
        counters.modules.set(byFile.size());
    }

    /** Drops the modules that no process uses; gives how many. */
    int dropUnused() {
        List<TextModule> unused = new ArrayList<>();
        byFile.values().removeIf(module -> {
            if (module.users == 0 && !unused.contains(module)) {
                unused.add(module);
            }
            return module.users == 0;
        });
        byBuildId.values().removeIf(unused::contains);
        seen.clear();
        loader.drop(unused);
        return unused.size();
    }

    private TextModule readOrKnown(FileChannel opened, FileKey key) {
        try (FileChannel channel = opened) {
            TextModule known = byFile.get(key);
            if (known != null) {
                return known;
            }
            if (byFile.size() >= maxModules && dropUnused() == 0) {
                counters.deferred.incrementAndGet();
                return unreadable;
            }
            TextModule module = read(ByteSource.of(channel));
            byFile.put(key, module);
            counters.modules.set(byFile.size());
            return module;
        } catch (IOException e) {
            counters.modulesUnreadable.incrementAndGet();
            return unreadable;
        }
    }

    private TextModule read(ByteSource source) throws IOException {
        window.attach(source);
        try {
            String buildId = ElfFile.read(window).gnuBuildId();
            TextModule same = buildId == null ? null : byBuildId.get(buildId);
            if (same != null) {
                return same;
            }
            TextModule module = withNumbers(FrameTable.read(window, Machine.own()));
            if (buildId != null) {
                byBuildId.put(buildId, module);
            }
            return module;
        } catch (ElfFormatException e) {
            counters.modulesUnreadable.incrementAndGet();
            return new TextModule(null, 0, 0);
        } finally {
            window.detach();
        }
    }

    private TextModule withNumbers(@Nullable FrameTable table) {
        int count = table == null || table.functions() == 0 ? 0 : TextModule.regions(table);
        if (count == 0) {
            counters.modulesWithoutTable.incrementAndGet();
            return new TextModule(null, 0, 0);
        }
        int base = loader.regions().take(count);
        if (base < 0 && dropUnused() > 0) {
            base = loader.regions().take(count);
        }
        if (base < 0) {
            counters.regionsRefused.addAndGet(count);
            return new TextModule(null, 0, 0);
        }
        return new TextModule(table, base, count);
    }

    private TextModule vdso(long mappedBytes) {
        TextModule module = vdso;
        if (module == null) {
            try {
                vdsoImage = VdsoImage.read(Path.of("/proc/self"));
                module = vdsoImage.length == 0 ? unreadable : read(ByteSource.of(vdsoImage));
            } catch (IOException e) {
                module = unreadable;
            }
            vdso = module;
        }
        return mappedBytes == vdsoImage.length ? module : unreadable;
    }

    private void load(TextModule module, ByteSource source, int onlyRegion, long now) {
        try {
            window.attach(source);
            for (int r = module.regionBase(); r < module.regionBase() + module.regionCount(); r++) {
                if (onlyRegion == ALL || onlyRegion == r) {
                    loader.load(module, r, window, now);
                }
            }
        } catch (IOException e) {
            counters.modulesUnreadable.incrementAndGet();
        } finally {
            window.detach();
        }
    }
}
