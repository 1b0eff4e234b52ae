package io.stackhouse.agent.process;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What a {@link ProcessTable} did, as plain numbers since its start. Threads: any may read.
 */
public final class ProcessCounters {
    final AtomicLong discovered = new AtomicLong();
    final AtomicLong gone = new AtomicLong();
    final AtomicLong denied = new AtomicLong();
    final AtomicLong evicted = new AtomicLong();
    final AtomicLong forgotten = new AtomicLong();
    final AtomicLong mappingsRead = new AtomicLong();
    final AtomicLong mappingsDenied = new AtomicLong();
    final AtomicLong mappingsLeftOut = new AtomicLong();
    final AtomicLong refreshesDeferred = new AtomicLong();
    final AtomicLong badEnvironments = new AtomicLong();

    ProcessCounters() {}

    /** Processes that were read from procfs. */
    public long discovered() {
        return discovered.get();
    }

    /** Processes that had ended before they were read, so that only their comm is known. */
    public long gone() {
        return gone.get();
    }

    /** Files of a process that could not be read for lack of rights. */
    public long denied() {
        return denied.get();
    }

    /** Living processes that were forgotten because there were too many. */
    public long evicted() {
        return evicted.get();
    }

    /** Ended processes that were forgotten. */
    public long forgotten() {
        return forgotten.get();
    }

    /** How often the mappings of a process were read. */
    public long mappingsRead() {
        return mappingsRead.get();
    }

    /** How often the mappings of a process could not be read: gone, or for lack of rights. */
    public long mappingsDenied() {
        return mappingsDenied.get();
    }

    /** Executable mappings beyond the limit of one process. */
    public long mappingsLeftOut() {
        return mappingsLeftOut.get();
    }

    /** How often an unknown address did not lead to reading the mappings again, because that was done a short while ago. */
    public long refreshesDeferred() {
        return refreshesDeferred.get();
    }

    /** Processes whose OTEL_RESOURCE_ATTRIBUTES are malformed and were set aside as a whole. */
    public long badEnvironments() {
        return badEnvironments.get();
    }
}
