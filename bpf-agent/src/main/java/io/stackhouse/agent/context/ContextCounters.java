package io.stackhouse.agent.context;

import java.util.concurrent.atomic.AtomicLong;

/** What {@link ProcessContexts} did, as plain numbers since its start. Threads: any may read. */
public final class ContextCounters {
    final AtomicLong processes = new AtomicLong();
    final AtomicLong threadVariables = new AtomicLong();
    final AtomicLong looks = new AtomicLong();
    final AtomicLong read = new AtomicLong();
    final AtomicLong malformed = new AtomicLong();
    final AtomicLong deferred = new AtomicLong();
    final AtomicLong awaited = new AtomicLong();
    final AtomicLong unknownKeys = new AtomicLong();
    final AtomicLong sharedMaps = new AtomicLong();

    ContextCounters() {}

    /** Processes whose context is known now. */
    public long processes() {
        return processes.get();
    }

    /** Processes of whose threads the BPF program reads contexts now. */
    public long threadVariables() {
        return threadVariables.get();
    }

    /** How often the memory map of a process was searched for a context. */
    public long looks() {
        return looks.get();
    }

    /** Process contexts read, updates too. */
    public long read() {
        return read.get();
    }

    /** Process contexts that could not be decoded. */
    public long malformed() {
        return malformed.get();
    }

    /** Looks put off because others had used up the time. */
    public long deferred() {
        return deferred.get();
    }

    /** Processes whose first interval waited for a context. */
    public long awaited() {
        return awaited.get();
    }

    /** How often an attribute of a thread had an index that was not known even after its process was asked again. */
    public long unknownKeys() {
        return unknownKeys.get();
    }

    /** 1 while the pinned map of OpenTelemetry's eBPF instrumentation is read. */
    public long sharedMaps() {
        return sharedMaps.get();
    }
}
