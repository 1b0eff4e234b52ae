package io.stackhouse.agent.symbol;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What a symbolizer did, as plain numbers since its start. Threads: any may read.
 */
public final class SymbolizerCounters {
    final AtomicLong frames = new AtomicLong();
    final AtomicLong namedFrames = new AtomicLong();
    final AtomicLong unmappedFrames = new AtomicLong();
    final AtomicLong unnamedGeneratedFrames = new AtomicLong();
    final AtomicLong frameCacheMisses = new AtomicLong();
    final AtomicLong filesRead = new AtomicLong();
    final AtomicLong filesUnreadable = new AtomicLong();
    final AtomicLong filesNotElf = new AtomicLong();
    final AtomicLong filesUnverified = new AtomicLong();
    final AtomicLong symbolTablesRead = new AtomicLong();
    final AtomicLong symbolTablesDropped = new AtomicLong();
    final AtomicLong kernelSymbolReads = new AtomicLong();
    final AtomicLong kernelSymbolsHidden = new AtomicLong();
    final AtomicLong perfMapReads = new AtomicLong();
    final AtomicLong perfMapsRefused = new AtomicLong();
    final AtomicLong perfMapEntriesDropped = new AtomicLong();

    final AtomicLong linesAsked = new AtomicLong();
    final AtomicLong linesRefused = new AtomicLong();
    final AtomicLong linesAnswered = new AtomicLong();
    final AtomicLong linesFound = new AtomicLong();
    final AtomicLong linesUnreadable = new AtomicLong();

    public SymbolizerCounters() {}

    /** Frames whose lines were asked for. */
    public long linesAsked() {
        return linesAsked.get();
    }

    /** How often the queue for them was full. */
    public long linesRefused() {
        return linesRefused.get();
    }

    /** Frames that were looked up, found or not. */
    public long linesAnswered() {
        return linesAnswered.get();
    }

    /** Frames that got a line, or a name, from debug information. */
    public long linesFound() {
        return linesFound.get();
    }

    /** How often debug information could not be read. */
    public long linesUnreadable() {
        return linesUnreadable.get();
    }

    /** Frames of all stacks that were asked for. */
    public long frames() {
        return frames.get();
    }

    /** Those of them with the name of a function. */
    public long namedFrames() {
        return namedFrames.get();
    }

    /** User frames in no executable mapping: a broken chain of frame pointers, or code that is gone. */
    public long unmappedFrames() {
        return unmappedFrames.get();
    }

    /** Frames of generated code that no perf map names. */
    public long unnamedGeneratedFrames() {
        return unnamedGeneratedFrames.get();
    }

    /** Frames that had to be looked up. */
    public long frameCacheMisses() {
        return frameCacheMisses.get();
    }

    /** Files whose headers were read. */
    public long filesRead() {
        return filesRead.get();
    }

    /** How often a mapped file could not be opened: gone, replaced, or for lack of rights. */
    public long filesUnreadable() {
        return filesUnreadable.get();
    }

    /** Files that are no ELF, or damaged. */
    public long filesNotElf() {
        return filesNotElf.get();
    }

    /** Files of overlay and similar file systems that were taken although their device number cannot be compared. */
    public long filesUnverified() {
        return filesUnverified.get();
    }

    public long symbolTablesRead() {
        return symbolTablesRead.get();
    }

    /** Tables that were dropped to stay within the budget. */
    public long symbolTablesDropped() {
        return symbolTablesDropped.get();
    }

    public long kernelSymbolReads() {
        return kernelSymbolReads.get();
    }

    /** How often kallsyms had no addresses: CAP_SYSLOG is missing, or kernel.kptr_restrict is 2. */
    public long kernelSymbolsHidden() {
        return kernelSymbolsHidden.get();
    }

    public long perfMapReads() {
        return perfMapReads.get();
    }

    /** Perf maps of a wrong owner or kind, or from before the process started. */
    public long perfMapsRefused() {
        return perfMapsRefused.get();
    }

    /** Names of generated code that were dropped to stay within the budget, the oldest first. */
    public long perfMapEntriesDropped() {
        return perfMapEntriesDropped.get();
    }
}
