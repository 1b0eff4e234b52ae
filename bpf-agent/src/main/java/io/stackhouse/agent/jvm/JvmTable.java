package io.stackhouse.agent.jvm;

import io.stackhouse.agent.libbpf.ProcessMemory;
import io.stackhouse.agent.process.Mappings;
import io.stackhouse.agent.process.TargetMemory;
import io.stackhouse.agent.process.TargetReadException;
import io.stackhouse.agent.process.TracedProcess;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processes that have libjvm.so mapped, and what is known of each. One that is not ready, or of an unknown kind, is looked at again after ever longer waits.
 *
 * <p>Threads: that of the symbolizer. Bounded: the JVM whose stacks were not asked for the longest is forgotten, and found again with its next new stack.
 */
final class JvmTable {
    private static final Logger LOG = LoggerFactory.getLogger(JvmTable.class);
    private static final String LIBRARY = "libjvm.so";
    private static final String LAUNCHER = "java";
    private static final int MAX_LAUNCHERS = 64;
    private static final long LONGEST_LAUNCH_NANOS = 1_000_000_000L;
    private static final int MAX_BLOCKS = 32_768;
    private static final long FIRST_WAIT_NANOS = 20_000_000L;
    private static final long LONGEST_WAIT_NANOS = 30_000_000_000L;

    private final int maxJvms;
    private final JvmCounters counters;
    private final JvmListener listener;
    private final LongSupplier clock;
    private final ProcessMemory processMemory = new ProcessMemory(TargetMemory.BLOCK_BYTES);
    private final LinkedHashMap<TracedProcess, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    private final RecentlyUsed<TracedProcess, Wait> launchers = new RecentlyUsed<>(MAX_LAUNCHERS);
    private long lastId;

    JvmTable(int maxJvms, JvmCounters counters, JvmListener listener, LongSupplier clock) {
        this.maxJvms = maxJvms;
        this.counters = counters;
        this.listener = listener;
        this.clock = clock;
    }

    /** One process with a JVM. */
    static final class Entry {
        private final long id;
        private final TargetMemory.Source source;
        private @Nullable Jvm jvm;
        private long nextTryNanos;
        private long waitNanos = FIRST_WAIT_NANOS;

        Entry(long id, TargetMemory.Source source, long nextTryNanos) {
            this.id = id;
            this.source = source;
            this.nextTryNanos = nextTryNanos;
        }

        /** Tells it from all others before and after. */
        long id() {
            return id;
        }

        TargetMemory.Source source() {
            return source;
        }

        /** Null as long as it could not be read. */
        @Nullable
        Jvm jvm() {
            return jvm;
        }
    }

    /** Null if the process has no JVM. */
    @Nullable
    Entry find(TracedProcess process, TargetMemory memory) {
        Entry entry = entries.get(process);
        if (entry == null) {
            if (!process.mappings().hasFile(LIBRARY) && !hasArrived(process)) {
                return null;
            }
            int pid = process.pid();
            entry = new Entry(++lastId, (address, into) -> processMemory.read(pid, address, into), clock.getAsLong());
            entries.put(process, entry);
            evict();
        }
        if (entry.jvm == null && clock.getAsLong() - entry.nextTryNanos >= 0) {
            read(process, entry, memory);
        }
        return entry;
    }

    /** A launcher that was seen before it had loaded the library: its mappings are read again after ever longer waits. */
    private boolean hasArrived(TracedProcess process) {
        if (!process.executableName().equals(LAUNCHER)) {
            return false;
        }
        long now = clock.getAsLong();
        Wait wait = launchers.get(process);
        if (wait == null) {
            wait = new Wait(now + FIRST_WAIT_NANOS, FIRST_WAIT_NANOS);
            launchers.put(process, wait);
        }
        if (now - wait.untilNanos() < 0) {
            return false;
        }
        long next = Math.min(LONGEST_LAUNCH_NANOS, 2 * wait.nanos());
        launchers.put(process, new Wait(now + next, next));
        process.readMappingsNow();
        return process.mappings().hasFile(LIBRARY);
    }

    private record Wait(long untilNanos, long nanos) {}

    private void read(TracedProcess process, Entry entry, TargetMemory memory) {
        Mappings mappings = process.mappings();
        int i = mappings.indexOfFile(LIBRARY);
        try {
            if (i < 0) {
                throw new TargetReadException(LIBRARY + " is not mapped any more");
            }
            memory.attach(entry.source, MAX_BLOCKS);
            Jvm jvm = Jvm.read(memory, mappings.start(i), mappings.fileOffset(i));
            entry.jvm = jvm;
            counters.found.incrementAndGet();
            listener.found(process, jvm);
            LOG.debug("Process {} is a HotSpot JVM of release {}", process.pid(), jvm.layout().release);
        } catch (TargetReadException e) {
            counters.notReadable.incrementAndGet();
            LOG.debug("The JVM of process {} cannot be read now: {}", process.pid(), e.getMessage());
            entry.nextTryNanos = clock.getAsLong() + entry.waitNanos;
            entry.waitNanos = Math.min(LONGEST_WAIT_NANOS, 2 * entry.waitNanos);
        }
    }

    private void evict() {
        Iterator<TracedProcess> eldestFirst = entries.keySet().iterator();
        while (entries.size() > maxJvms && eldestFirst.hasNext()) {
            TracedProcess eldest = eldestFirst.next();
            eldestFirst.remove();
            listener.forgotten(eldest);
        }
    }
}
