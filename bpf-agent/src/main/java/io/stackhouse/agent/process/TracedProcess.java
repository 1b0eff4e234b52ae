package io.stackhouse.agent.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One program in execution: what a process is between two calls of exec. Its attributes change only when it publishes others; its mappings are read again when an address is unknown.
 *
 * <p>Threads: that of its {@link ProcessTable}. Stays usable after the table has forgotten it.
 */
public final class TracedProcess {
    private final ProcessKey key;
    private final Facts facts;
    private final MappingsReader reader;
    private Mappings mappings;
    private long refreshIntervalNanos = MappingsReader.SHORTEST_INTERVAL_NANOS;
    private long lastReadNanos;
    private ResourceAttributes resource;
    private List<String> attributeKeys = List.of();

    // Belongs to the table.
    @Nullable
    TracedProcess next;

    long lastUsed;
    long endedBoottimeNanos = Long.MAX_VALUE;

    TracedProcess(ProcessKey key, Facts facts, MappingsReader reader, long nowNanos) {
        this.key = key;
        this.facts = facts;
        this.reader = reader;
        resource = facts.resource();
        mappings = facts.isUserProcess() ? reader.read(this, Mappings.EMPTY) : Mappings.EMPTY;
        lastReadNanos = nowNanos;
    }

    public int pid() {
        return key.pid();
    }

    public long startBoottimeNanos() {
        return key.startBoottimeNanos();
    }

    public long execId() {
        return key.execId();
    }

    /** When the process started, by the wall clock, to the second. */
    public long startUnixMillis() {
        return facts.startUnixMillis();
    }

    /** The pid in the process's own (innermost) pid namespace. */
    public int namespacePid() {
        return facts.namespacePid();
    }

    /** The effective user id, or -1 if it could not be read. */
    public long userId() {
        return facts.userId();
    }

    /** False if only the kernel's record of it is known: it had ended before it was read. */
    public boolean isKnown() {
        return facts.isKnown();
    }

    /** False for kernel threads, and for what had ended before it was read. */
    public boolean isUserProcess() {
        return facts.isUserProcess();
    }

    /** Whether the table has noticed that it ended, or executes another program now. */
    public boolean isEnded() {
        return endedBoottimeNanos != Long.MAX_VALUE;
    }

    /** Whether the same pid was this one's later: it started later, or is what the other executed later. */
    public boolean isAfter(TracedProcess other) {
        return startBoottimeNanos() > other.startBoottimeNanos()
                || (startBoottimeNanos() == other.startBoottimeNanos() && execId() > other.execId());
    }

    public ResourceAttributes resource() {
        return resource;
    }

    /** Names of the attributes that its threads publish, by their index; an empty name stands for none. */
    public List<String> attributeKeys() {
        return attributeKeys;
    }

    /**
     * Takes what the process publishes about itself, instead of what it had published before. The names of attributes only grow, so that what was sampled
     * before still has its name.
     *
     * @param attributes values are String, Long, Boolean or EncodedValue
     */
    public void publish(Map<String, Object> attributes, List<String> keys) {
        resource = facts.resource().overriddenBy(attributes);
        attributeKeys = keys.size() >= attributeKeys.size() ? List.copyOf(keys) : attributeKeys;
    }

    /** The folder of this process in procfs. It may be that of another process by now: compare what is found there. */
    public Path procDirectory() {
        return facts.procDirectory();
    }

    /** Base name of the executable, or the comm. */
    public String executableName() {
        return facts.executableName();
    }

    /** The mappings as they were last read. */
    public Mappings mappings() {
        return mappings;
    }

    /**
     * Reads the mappings again because an address is in none of them, unless that was done a short while ago: from 20 milliseconds on, while a process is young
     * and its libraries arrive, up to 16 seconds where it led to nothing. Returns whether there are new mappings to look into.
     */
    public boolean refreshMappings(long unknownAddress) {
        long now = reader.nanoTime();
        if (!facts.isUserProcess() || now - lastReadNanos < refreshIntervalNanos || !reader.takeFromBudget(now)) {
            reader.deferred();
            return false;
        }
        Mappings fresh = reader.read(this, mappings);
        lastReadNanos = now;
        boolean helped = fresh.find(unknownAddress) != Mappings.UNMAPPED;
        refreshIntervalNanos = reader.nextInterval(refreshIntervalNanos, helped);
        mappings = fresh;
        return true;
    }

    /** Reads the mappings again at once, whatever else was read lately. The caller sees to it that this is rare. */
    public void readMappingsNow() {
        if (facts.isUserProcess()) {
            mappings = reader.read(this, mappings);
            lastReadNanos = reader.nanoTime();
        }
    }

    ProcessKey key() {
        return key;
    }

    /**
     * What is known of a process.
     *
     * @param isUserProcess false for kernel threads and for processes that were gone: they have no mappings
     */
    record Facts(
            boolean isKnown,
            boolean isUserProcess,
            int namespacePid,
            long userId,
            long startUnixMillis,
            String executableName,
            Path procDirectory,
            ResourceAttributes resource) {}
}
