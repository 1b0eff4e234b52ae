package io.stackhouse.agent.context;

import io.stackhouse.agent.interval.IntervalSpan;
import io.stackhouse.agent.interval.PublishedContexts;
import io.stackhouse.agent.libbpf.BpfMap;
import io.stackhouse.agent.libbpf.KernelClock;
import io.stackhouse.agent.libbpf.ProcessMemory;
import io.stackhouse.agent.process.TargetMemory;
import io.stackhouse.agent.process.TargetReadException;
import io.stackhouse.agent.process.TracedProcess;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The contexts of the processes that are sampled: finds them, follows their updates, and tells the BPF program where threads keep theirs.
 *
 * <p>A process that was just started is looked at after a quarter of a second, then after half more each time up to a minute, and only if it was sampled since: so one
 * that publishes late is found when it is at most half older, and one that never does costs some fifteen looks in its first minutes; at each interval's end the
 * times of publication of all known contexts are compared, which is one small read each. All of it gets {@value #SHARE_PERCENT} % of a CPU in the long run: what
 * comes beyond that is put off and counted, and what has been due the longest comes first.
 *
 * <p>Of each pid only the program that was executed last is looked at: the memory of those before it is gone.
 *
 * <p>Threads: the sampling thread alone; the counters may be read from any. Bounded: as many processes as the kernel's map takes; the maps stay the BPF
 * object's.
 */
public final class ProcessContexts implements PublishedContexts {
    private static final int SHARE_PERCENT = 2;
    private static final long BURST_NANOS = 200_000_000L;
    private static final long START_NANOS = 1_000_000_000L;
    private static final long YOUNG_NANOS = 1_000_000_000L;
    private static final long FIRST_WAIT_NANOS = 250_000_000L;
    private static final long LONGEST_WAIT_NANOS = 60_000_000_000L;
    private static final long CHANGING_WAIT_NANOS = 50_000_000L;
    private static final long LONGEST_CHANGING_NANOS = 2_000_000_000L;
    private static final long SHORTEST_REFRESH_NANOS = 100_000_000L;

    private final ContextMap map;
    private final int maxProcesses;
    private final ContextCounters counters = new ContextCounters();
    private final KernelClock clock = new KernelClock();
    private final ProcessMemory memory =
            new ProcessMemory(Math.max(TargetMemory.BLOCK_BYTES, PublishedBytes.MAX_PAYLOAD_BYTES));
    private final PublishedBytes published = new PublishedBytes();
    private final ProcessImages images = new ProcessImages();
    private final VariableFinder variables = new VariableFinder();
    private final Map<Integer, KnownContext> known = new HashMap<>();
    private long allowanceNanos = START_NANOS;
    private long allowanceAtNanos;

    /**
     * No process is known.
     *
     * @param contexts the BPF object's map of places
     * @param maxProcesses how many entries it takes
     */
    public ProcessContexts(BpfMap contexts, int maxProcesses) {
        map = new ContextMap(contexts);
        this.maxProcesses = maxProcesses;
        allowanceAtNanos = System.nanoTime();
    }

    @Override
    public void met(TracedProcess process) {
        KnownContext entry = known.get(process.pid());
        if (entry != null && entry.process == process) {
            entry.wasSampled = true;
            return;
        }
        boolean hasMemory = process.isKnown() && process.isUserProcess() && process.startBoottimeNanos() != 0;
        if (!hasMemory || (entry == null && known.size() >= maxProcesses)) {
            return;
        }
        if (entry != null) {
            if (entry.process.isAfter(process)) {
                return;
            }
            forgetPlace(entry);
        }
        long now = clock.boottimeNanos();
        // What called exec was another program a moment ago, however long that had run.
        boolean isYoung = entry != null || process.startBoottimeNanos() > now - YOUNG_NANOS;
        long firstLook = isYoung ? now + FIRST_WAIT_NANOS : now;
        KnownContext added = new KnownContext(process, isYoung, firstLook, FIRST_WAIT_NANOS);
        if (entry != null && entry.process.executableName().equals(process.executableName())) {
            added.predecessor = entry.process;
        }
        known.put(process.pid(), added);
    }

    /** Looks at the processes whose time has come; to be called at each turn of the sampling thread. */
    public void poll() {
        long now = clock.boottimeNanos();
        for (KnownContext entry = firstDue(now); entry != null; entry = firstDue(now)) {
            if (!isAllowed()) {
                counters.deferred.incrementAndGet();
                return;
            }
            look(entry, now);
        }
    }

    @Override
    public void need(TracedProcess process, int key) {
        KnownContext entry = known(process);
        if (entry == null || key < process.attributeKeys().size()) {
            return;
        }
        long now = clock.boottimeNanos();
        if (now - entry.lastRefreshNanos >= SHORTEST_REFRESH_NANOS) {
            entry.lastRefreshNanos = now;
            refresh(entry, now);
        }
        if (key >= process.attributeKeys().size()) {
            counters.unknownKeys.incrementAndGet();
        }
    }

    @Override
    public boolean isAwaited(TracedProcess process, IntervalSpan span) {
        KnownContext entry = known.get(process.pid());
        boolean isPredecessor = entry != null && entry.predecessor == process;
        if (entry == null
                || (entry.process != process && !isPredecessor)
                || (isPredecessor ? entry.wasPredecessorAwaited : entry.wasAwaited)
                || entry.context != null
                || !(entry.isYoung || process.startBoottimeNanos() >= span.startBoottimeNanos())
                || !Files.exists(process.procDirectory())) {
            return false;
        }
        if (isPredecessor) {
            entry.wasPredecessorAwaited = true;
        } else {
            entry.wasAwaited = true;
        }
        look(entry, clock.boottimeNanos());
        if (entry.context != null) {
            return false;
        }
        counters.awaited.incrementAndGet();
        entry.isHeld = true;
        return true;
    }

    /** Before an interval is encoded: notices updates, and looks once more at what the samples wait for. */
    public void beforeEncoding() {
        long now = clock.boottimeNanos();
        for (KnownContext entry : known.values()) {
            if (entry.header != 0) {
                refresh(entry, now);
            } else if (entry.isHeld && entry.context == null) {
                // Once: else each process that never publishes would be searched at each interval's end, for ever.
                entry.isHeld = false;
                look(entry, now);
            }
        }
    }

    /** Forgets the processes that have ended. */
    public void endInterval() {
        Iterator<KnownContext> all = known.values().iterator();
        while (all.hasNext()) {
            KnownContext entry = all.next();
            if (!Files.exists(entry.process.procDirectory()) || entry.process.isEnded()) {
                forgetPlace(entry);
                all.remove();
            }
        }
        count();
    }

    public ContextCounters counters() {
        return counters;
    }

    private @Nullable KnownContext known(TracedProcess process) {
        KnownContext entry = known.get(process.pid());
        return entry != null && entry.process == process ? entry : null;
    }

    /** That whose look has been due the longest, or null. Each look puts the next one of the same process off. */
    private @Nullable KnownContext firstDue(long now) {
        KnownContext first = null;
        for (KnownContext entry : known.values()) {
            boolean isDue = now >= entry.nextLookNanos && entry.wasSampled;
            if (isDue && (first == null || entry.nextLookNanos < first.nextLookNanos)) {
                first = entry;
            }
        }
        return first;
    }

    /** Searches the process's memory map. */
    private void look(KnownContext entry, long now) {
        long began = clock.threadCpuNanos();
        counters.looks.incrementAndGet();
        entry.wasSampled = false;
        entry.nextLookNanos = now + entry.waitNanos;
        entry.waitNanos = Math.min(LONGEST_WAIT_NANOS, entry.waitNanos + entry.waitNanos / 2);
        if (images.read(entry.process)) {
            for (int i = 0; i < images.contextCount() && entry.header == 0; i++) {
                readContext(entry, images.context(i), now);
            }
            findVariable(entry);
        }
        if (entry.isComplete()) {
            entry.nextLookNanos = Long.MAX_VALUE;
        }
        count();
        // What intervals need is not put off; its debt is bounded, so that others get their turn again.
        allowanceNanos = Math.max(-BURST_NANOS, allowanceNanos - (clock.threadCpuNanos() - began));
    }

    private void refresh(KnownContext entry, long now) {
        long publishedAt = published.publishedAt(source(entry.process), entry.header);
        if (publishedAt == entry.publishedAt && publishedAt != 0) {
            return;
        }
        if (publishedAt == -1) {
            // Taken back, or the process is gone or called exec. What it said of itself stays with its samples.
            entry.header = 0;
            entry.publishedAt = 0;
            forgetPlace(entry);
            lookSoon(entry, now);
            return;
        }
        readContext(entry, entry.header, now);
        if (!entry.isComplete() && images.read(entry.process)) {
            findVariable(entry);
        }
        if (!entry.isComplete()) {
            lookSoon(entry, now);
        }
    }

    private void lookSoon(KnownContext entry, long now) {
        entry.waitNanos = FIRST_WAIT_NANOS;
        entry.nextLookNanos = now + FIRST_WAIT_NANOS;
    }

    private void readContext(KnownContext entry, long address, long now) {
        PublishedBytes.Reading reading = published.read(source(entry.process), address);
        if (reading.outcome() == PublishedBytes.Outcome.CHANGING && entry.waitNanos < LONGEST_CHANGING_NANOS) {
            entry.nextLookNanos = now + CHANGING_WAIT_NANOS;
            entry.wasSampled = true;
            return;
        }
        byte[] payload = reading.payload();
        if (payload == null) {
            return;
        }
        entry.header = address;
        entry.publishedAt = reading.publishedAt();
        try {
            ProcessContext context = ProcessContextDecoder.decode(payload);
            entry.publish(context);
            counters.read.incrementAndGet();
            if (!context.hasThreadVariable()) {
                forgetPlace(entry);
            }
        } catch (ContextFormatException e) {
            counters.malformed.incrementAndGet();
        }
    }

    private void findVariable(KnownContext entry) {
        ProcessContext context = entry.context;
        if (context == null || !context.hasThreadVariable() || entry.place != null) {
            return;
        }
        images.readMainProgram(entry.process);
        try {
            VariablePlace place = variables.find(source(entry.process), images);
            if (place != null && map.put(entry.process, place)) {
                entry.place = place;
            }
        } catch (TargetReadException e) {
            // Too much to read, or gone: looked at again later.
            counters.deferred.incrementAndGet();
        }
    }

    private void forgetPlace(KnownContext entry) {
        @Nullable VariablePlace place = entry.place;
        entry.place = null;
        if (place != null) {
            map.remove(entry.process);
        }
    }

    private void count() {
        long contexts = 0;
        long places = 0;
        for (KnownContext entry : known.values()) {
            contexts += entry.header != 0 ? 1 : 0;
            places += entry.place != null ? 1 : 0;
        }
        counters.processes.set(contexts);
        counters.threadVariables.set(places);
    }

    private TargetMemory.Source source(TracedProcess process) {
        return (address, into) -> memory.read(process.pid(), address, into);
    }

    private boolean isAllowed() {
        long now = System.nanoTime();
        long gained = (now - allowanceAtNanos) / 100 * SHARE_PERCENT;
        allowanceNanos = Math.min(Math.max(allowanceNanos, BURST_NANOS), allowanceNanos + gained);
        allowanceAtNanos = now;
        return allowanceNanos > 0;
    }
}
