package io.stackhouse.agent.context;

import io.stackhouse.agent.interval.PublishedContexts;
import io.stackhouse.agent.sample.BpfSampleSource;
import java.nio.file.Path;

/** Both sources of trace contexts: what processes publish themselves, and what OpenTelemetry's eBPF instrumentation shares. Threads: the sampling thread alone; the counters may be read from any. */
public final class TraceContexts {
    private final ProcessContexts processes;
    private final SharedTraces shared;

    /**
     * Contexts for one BPF object.
     *
     * @param source the BPF object, which stays the caller's
     * @param maxProcesses how many processes its map of places takes
     * @param bpfRoot where the BPF file system is mounted
     */
    public TraceContexts(BpfSampleSource source, int maxProcesses, Path bpfRoot) {
        processes = new ProcessContexts(source.contexts(), maxProcesses);
        shared = new SharedTraces(source.sharedTraces(), bpfRoot, processes.counters());
        shared.refresh();
    }

    /** What an interval needs of them. */
    public PublishedContexts published() {
        return processes;
    }

    /** Does what is due; to be called at each turn of the sampling thread. */
    public void poll() {
        processes.poll();
    }

    /** Notices updates, before an interval is encoded. */
    public void beforeEncoding() {
        processes.beforeEncoding();
    }

    /** Forgets what has ended, and looks for what is shared. */
    public void endInterval() {
        processes.endInterval();
        shared.refresh();
    }

    public ContextCounters counters() {
        return processes.counters();
    }
}
