package io.stackhouse.agent.symbol;

import io.stackhouse.agent.elf.ByteSource;
import io.stackhouse.agent.elf.ByteWindow;
import io.stackhouse.agent.elf.ElfFile;
import io.stackhouse.agent.elf.ElfFormatException;
import io.stackhouse.agent.elf.SymbolTable;
import io.stackhouse.agent.process.Mappings;
import io.stackhouse.agent.process.TracedProcess;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The files that code was seen in, and the names of their functions.
 *
 * <p>Symbol tables stay within a budget of bytes, the least recently used going first; files stay within a number. A file is open only while one stack is
 * symbolized, so that nothing of ours keeps a container's file system busy. Threads: one.
 */
final class CodeFiles {
    private static final int MAX_OPEN = 8;
    private static final int RECENT_NAMES = 4096;

    private final SymbolizerConfig config;
    private final SymbolizerCounters counters;
    private final MappedFiles mappedFiles;
    private final ByteWindow window;
    private final SymbolTable.Limits limits;
    private final LinkedHashMap<FileKey, CodeFile> files = new LinkedHashMap<>(64, 0.75f, true);
    private final LinkedHashMap<String, CodeFile> unreadable = new LinkedHashMap<>(64, 0.75f, true);
    private final List<OpenFile> open = new ArrayList<>();
    private final @Nullable RecentName[] recentNames = new RecentName[RECENT_NAMES];
    private @Nullable OpenFile inWindow;
    private long tableBytes;
    private int tables;

    CodeFiles(SymbolizerConfig config, SymbolizerCounters counters, ByteWindow window) {
        this.config = config;
        this.counters = counters;
        this.window = window;
        mappedFiles = new MappedFiles(counters);
        limits = new SymbolTable.Limits(config.maxSymbolsPerTable());
    }

    private record OpenFile(CodeFile file, FileChannel channel) {}

    /** The name of a function, so that its frames share one string. Refers to its table by number, so as not to hold it. */
    private record RecentName(int tableNumber, int row, Frame.Name name) {}

    /** The file behind a range: known, or read now. Never null: what cannot be opened is known by its path alone. */
    CodeFile fileOf(TracedProcess process, Mappings mappings, int i) {
        if (mappings.slot(i) instanceof CodeFile known && !known.isForgotten()) {
            return known;
        }
        MappedFiles.Opened opened = mappedFiles.open(process, mappings, i);
        CodeFile file = opened == null ? unreadable(mappings.path(i)) : readOrKnown(mappings.path(i), opened);
        mappings.keep(i, file);
        return file;
    }

    /**
     * The name of the function at an ELF address; {@link Frame.Name#NONE} if it has none; null if the file could not be opened just now, so that a later try
     * may find it.
     */
    Frame.@Nullable Name nameAt(CodeFile file, long address, TracedProcess process, int mapping) {
        ElfFile elf = file.elf();
        if (elf == null || file.hasBrokenSymbols()) {
            return Frame.Name.NONE;
        }
        try {
            SymbolTable table = file.table();
            if (table == null || !table.covers(address)) {
                if (!attach(file, process, mapping)) {
                    return null;
                }
                table = readTable(file, elf, address);
            }
            if (file.key() != null) {
                // Counts as a use.
                files.get(file.key());
            }
            int row = table.find(address);
            return row < 0 ? Frame.Name.NONE : nameOf(file, row, address, process, mapping);
        } catch (ElfFormatException e) {
            counters.filesNotElf.incrementAndGet();
            file.breakSymbols();
            return Frame.Name.NONE;
        } catch (IOException e) {
            return null;
        }
    }

    /** To be called when a stack is done. */
    void closeOpen() {
        inWindow = null;
        window.detach();
        for (OpenFile file : open) {
            close(file.channel());
        }
        open.clear();
    }

    long tableBytes() {
        return tableBytes;
    }

    int size() {
        return files.size();
    }

    private CodeFile unreadable(String path) {
        CodeFile file = unreadable.computeIfAbsent(path, CodeFile::unreadable);
        if (unreadable.size() > config.maxModules()) {
            removeEldest(unreadable);
        }
        return file;
    }

    private CodeFile readOrKnown(String path, MappedFiles.Opened opened) {
        CodeFile known = files.get(opened.key());
        if (known != null) {
            keepOpen(known, opened.channel());
            return known;
        }
        try {
            window.attach(ByteSource.of(opened.channel()));
            CodeFile file = CodeFile.read(path, opened.key(), window, counters);
            inWindow = keepOpen(file, opened.channel());
            files.put(opened.key(), file);
            if (files.size() > config.maxModules()) {
                CodeFile eldest = removeEldest(files);
                evictTable(eldest);
                eldest.forget();
            }
            return file;
        } catch (IOException e) {
            counters.filesUnreadable.incrementAndGet();
            inWindow = null;
            close(opened.channel());
            return unreadable(path);
        }
    }

    private SymbolTable readTable(CodeFile file, ElfFile elf, long address) throws IOException {
        drop(file);
        SymbolTable table = SymbolTable.read(elf, window, address, limits);
        counters.symbolTablesRead.incrementAndGet();
        file.keep(table, ++tables);
        tableBytes += table.memoryBytes();
        Iterator<CodeFile> eldestFirst = files.values().iterator();
        while (tableBytes > config.symbolTableBytes() && eldestFirst.hasNext()) {
            CodeFile other = eldestFirst.next();
            if (other != file) {
                evictTable(other);
            }
        }
        return table;
    }

    private void evictTable(CodeFile file) {
        counters.symbolTablesDropped.addAndGet(file.table() == null ? 0 : 1);
        drop(file);
    }

    private void drop(CodeFile file) {
        SymbolTable table = file.table();
        if (table != null) {
            tableBytes -= table.memoryBytes();
            file.keep(null, 0);
        }
    }

    private Frame.@Nullable Name nameOf(CodeFile file, int row, long address, TracedProcess process, int mapping)
            throws IOException {
        int slot = (((file.tableNumber() * 31 + row) * 0x9e3779b9) >>> 16) & (RECENT_NAMES - 1);
        RecentName recent = recentNames[slot];
        if (recent != null && recent.tableNumber() == file.tableNumber() && recent.row() == row) {
            return recent.name();
        }
        SymbolTable table = file.table();
        if (table == null || !attach(file, process, mapping)) {
            return null;
        }
        Frame.Name name = Frame.Name.ofSymbol(table.nameOf(row, address, window));
        recentNames[slot] = new RecentName(file.tableNumber(), row, name);
        return name;
    }

    /** Turns the window to the file, opening it again if need be; false if it is not to be had any more. */
    private boolean attach(CodeFile file, TracedProcess process, int mapping) throws IOException {
        if (inWindow != null && inWindow.file() == file) {
            return true;
        }
        OpenFile found = null;
        for (OpenFile candidate : open) {
            found = candidate.file() == file ? candidate : found;
        }
        if (found == null) {
            MappedFiles.Opened opened = mappedFiles.open(process, process.mappings(), mapping);
            if (opened == null) {
                return false;
            }
            if (!opened.key().equals(file.key())) {
                close(opened.channel());
                return false;
            }
            found = keepOpen(file, opened.channel());
        }
        inWindow = null;
        window.attach(ByteSource.of(found.channel()));
        inWindow = found;
        return true;
    }

    private OpenFile keepOpen(CodeFile file, FileChannel channel) {
        if (open.size() == MAX_OPEN) {
            OpenFile first = open.remove(0);
            inWindow = first.equals(inWindow) ? null : inWindow;
            close(first.channel());
        }
        OpenFile added = new OpenFile(file, channel);
        open.add(added);
        return added;
    }

    private static <K> CodeFile removeEldest(Map<K, CodeFile> map) {
        Iterator<Map.Entry<K, CodeFile>> eldestFirst = map.entrySet().iterator();
        CodeFile eldest = eldestFirst.next().getValue();
        eldestFirst.remove();
        return eldest;
    }

    private static void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing was written: there is nothing to lose.
            return;
        }
    }
}
