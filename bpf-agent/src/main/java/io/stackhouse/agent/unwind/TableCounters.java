package io.stackhouse.agent.unwind;

import java.util.concurrent.atomic.AtomicLong;

/** What was done for the unwinder, since the start. Any thread reads, one writes. */
public final class TableCounters {
    final AtomicLong regionsLoaded = new AtomicLong();
    final AtomicLong regionsEvicted = new AtomicLong();
    final AtomicLong regionsRefused = new AtomicLong();
    final AtomicLong regions = new AtomicLong();
    final AtomicLong tableBytes = new AtomicLong();
    final AtomicLong chunkBytes = new AtomicLong();
    final AtomicLong modules = new AtomicLong();
    final AtomicLong modulesUnreadable = new AtomicLong();
    final AtomicLong modulesWithoutTable = new AtomicLong();
    final AtomicLong processes = new AtomicLong();
    final AtomicLong processesRefused = new AtomicLong();
    final AtomicLong mappingsLeftOut = new AtomicLong();
    final AtomicLong deferred = new AtomicLong();

    /** Tables that were read, each for a MiB of code. */
    public long regionsLoaded() {
        return regionsLoaded.get();
    }

    /** Tables that were given up to make room. */
    public long regionsEvicted() {
        return regionsEvicted.get();
    }

    /** Tables that were damaged, or larger than a chunk. */
    public long regionsRefused() {
        return regionsRefused.get();
    }

    /** Tables in the kernel now. */
    public long regions() {
        return regions.get();
    }

    /** Bytes of them. */
    public long tableBytes() {
        return tableBytes.get();
    }

    /** Kernel memory that was taken for them. */
    public long chunkBytes() {
        return chunkBytes.get();
    }

    /** Files that are known. */
    public long modules() {
        return modules.get();
    }

    /** Files that could not be opened, or are no ELF file for this machine. */
    public long modulesUnreadable() {
        return modulesUnreadable.get();
    }

    /** Files without call frame information. */
    public long modulesWithoutTable() {
        return modulesWithoutTable.get();
    }

    /** Processes whose mappings are in the kernel. */
    public long processes() {
        return processes.get();
    }

    /** Processes that found no room there. */
    public long processesRefused() {
        return processesRefused.get();
    }

    /** Executable mappings beyond what the kernel's side takes of a process. */
    public long mappingsLeftOut() {
        return mappingsLeftOut.get();
    }

    /** Requests that were set aside because others had used up the time. */
    public long deferred() {
        return deferred.get();
    }
}
