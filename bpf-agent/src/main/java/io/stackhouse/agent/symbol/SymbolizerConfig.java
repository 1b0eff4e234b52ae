package io.stackhouse.agent.symbol;

import java.nio.file.Path;

/**
 * Where the symbolizer looks and what it may keep in memory.
 *
 * @param procRoot where procfs is mounted
 * @param sysRoot where sysfs is mounted
 * @param symbolTableBytes symbol tables of all files together; beyond it the tables not used for the longest are dropped and read again when needed
 * @param maxSymbolsPerTable functions of one table, 12 bytes each; larger files are read in ranges
 * @param frameCacheBytes frames and their names
 * @param perfMapBytes names of generated code of all processes together, half of it for one process at most
 * @param maxModules files that are remembered, tables aside
 */
public record SymbolizerConfig(
        Path procRoot,
        Path sysRoot,
        long symbolTableBytes,
        int maxSymbolsPerTable,
        long frameCacheBytes,
        long perfMapBytes,
        int maxModules) {

    public SymbolizerConfig {
        if (symbolTableBytes < 1
                || maxSymbolsPerTable < 1
                || frameCacheBytes < 1
                || perfMapBytes < 1
                || maxModules < 1) {
            throw new IllegalArgumentException("each bound must be at least 1: symbolTableBytes " + symbolTableBytes
                    + ", maxSymbolsPerTable " + maxSymbolsPerTable + ", frameCacheBytes " + frameCacheBytes
                    + ", perfMapBytes " + perfMapBytes + ", maxModules " + maxModules);
        }
    }

    /** Fits a heap of 64 MiB: 10 MiB of tables, 8 MiB of frames, 4 MiB of perf maps; the kernel's names add 2 to 3 MiB. */
    public static SymbolizerConfig defaults() {
        return new SymbolizerConfig(Path.of("/proc"), Path.of("/sys"), 10 << 20, 256 << 10, 8 << 20, 4 << 20, 2048);
    }
}
