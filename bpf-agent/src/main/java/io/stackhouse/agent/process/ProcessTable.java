package io.stackhouse.agent.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Processes by pid, start time and exec id: found once in {@code /proc}, then answered from memory.
 *
 * <p>Threads: confined to one. Holds nothing open. When full, the process that was not asked for the longest is forgotten and counted; it is found again when
 * it is asked for. What has ended is remembered for a while, since its samples leave the kernel later than it does, and then dropped by {@link #forgetEnded}.
 */
public final class ProcessTable implements AutoCloseable {
    private final ProcessTableConfig config;
    private final ProcessCounters counters = new ProcessCounters();
    private final ProcessReader reader;
    private final TracedProcess[] buckets;
    private int count;
    private long uses;

    public ProcessTable(ProcessTableConfig config) {
        this(config, System::nanoTime);
    }

    ProcessTable(ProcessTableConfig config, LongSupplier clock) {
        this.config = config;
        reader = new ProcessReader(config, counters, clock);
        buckets = new TracedProcess[Integer.highestOneBit(Math.max(16, config.maxProcesses()))];
    }

    /**
     * Finds or discovers; never null: a process that is already gone yields one described by comm alone.
     *
     * @param startBoottimeNanos start of the process (its thread group leader) on the boottime clock; 0 if unknown, then what had that pid last is taken, or what has it now
     * @param execId tells apart what one process executed; any other number means another program
     * @param comm what the kernel calls the process, for when nothing else is known
     * @param cgroupId of the kernel; 0 if unknown
     */
    public TracedProcess lookup(int pid, long startBoottimeNanos, long execId, String comm, long cgroupId) {
        TracedProcess last = startBoottimeNanos == 0 ? lastOf(pid) : null;
        if (last != null) {
            last.lastUsed = ++uses;
            return last;
        }
        boolean superseded = false;
        for (TracedProcess p = buckets[bucket(pid)]; p != null; p = p.next) {
            if (p.pid() == pid && p.startBoottimeNanos() == startBoottimeNanos) {
                if (p.execId() == execId) {
                    p.lastUsed = ++uses;
                    return p;
                }
                superseded |= p.isKnown() && p.execId() > execId;
            }
        }
        if (count >= config.maxProcesses()) {
            evictLeastUsed();
        }
        ProcessKey key = new ProcessKey(pid, startBoottimeNanos, execId);
        // procfs shows what runs now: not what an earlier exec had started.
        TracedProcess found = superseded ? reader.describeGone(key, comm, cgroupId) : reader.read(key, comm, cgroupId);
        found.lastUsed = ++uses;
        found.next = buckets[bucket(pid)];
        buckets[bucket(pid)] = found;
        count++;
        return found;
    }

    /** Drops the processes that ended (or called exec) long enough ago. Meant to be called once per interval: it lists {@code /proc}. */
    public void forgetEnded(long nowBoottimeNanos) {
        int[] living = livingPids();
        if (living.length == 0) {
            return;
        }
        for (int b = 0; b < buckets.length; b++) {
            TracedProcess before = null;
            for (TracedProcess p = buckets[b]; p != null; p = p.next) {
                if (p.endedBoottimeNanos == Long.MAX_VALUE && hasEnded(p, living)) {
                    p.endedBoottimeNanos = nowBoottimeNanos;
                }
                if (nowBoottimeNanos - p.endedBoottimeNanos >= config.endedGraceNanos()
                        && p.endedBoottimeNanos != Long.MAX_VALUE) {
                    unlink(b, before, p);
                    counters.forgotten.incrementAndGet();
                } else {
                    before = p;
                }
            }
        }
    }

    /** The program that was executed last under that pid, or null if none is known. */
    private @Nullable TracedProcess lastOf(int pid) {
        TracedProcess last = null;
        for (TracedProcess p = buckets[bucket(pid)]; p != null; p = p.next) {
            if (p.pid() == pid && p.isKnown() && (last == null || p.isAfter(last))) {
                last = p;
            }
        }
        return last;
    }

    /** How many processes are remembered. */
    public int size() {
        return count;
    }

    public ProcessCounters counters() {
        return counters;
    }

    /** Forgets everything. */
    @Override
    public void close() {
        Arrays.fill(buckets, null);
        count = 0;
    }

    private int bucket(int pid) {
        return ((pid * 0x9e3779b9) >>> 7) & (buckets.length - 1);
    }

    private boolean hasEnded(TracedProcess process, int[] living) {
        if (!process.isKnown() || Arrays.binarySearch(living, process.pid()) < 0) {
            return true;
        }
        for (TracedProcess p = buckets[bucket(process.pid())]; p != null; p = p.next) {
            if (p.pid() == process.pid() && p.isKnown() && p.isAfter(process)) {
                return true;
            }
        }
        return false;
    }

    private void evictLeastUsed() {
        long oldest = Long.MAX_VALUE;
        for (TracedProcess head : buckets) {
            for (TracedProcess p = head; p != null; p = p.next) {
                oldest = Math.min(oldest, p.lastUsed);
            }
        }
        for (int b = 0; b < buckets.length; b++) {
            TracedProcess before = null;
            for (TracedProcess p = buckets[b]; p != null; before = p, p = p.next) {
                if (p.lastUsed == oldest) {
                    unlink(b, before, p);
                    counters.evicted.incrementAndGet();
                    return;
                }
            }
        }
    }

    private void unlink(int bucket, @Nullable TracedProcess before, TracedProcess process) {
        if (before == null) {
            buckets[bucket] = process.next;
        } else {
            before.next = process.next;
        }
        count--;
    }

    /** Sorted; empty if procfs cannot be listed, which says nothing about who has ended. */
    private int[] livingPids() {
        int[] pids = new int[256];
        int n = 0;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(config.procRoot())) {
            for (Path entry : entries) {
                int pid = pid(entry.getFileName().toString());
                if (pid > 0) {
                    pids = n == pids.length ? Arrays.copyOf(pids, 2 * n) : pids;
                    pids[n++] = pid;
                }
            }
        } catch (IOException | RuntimeException e) {
            counters.denied.incrementAndGet();
            return new int[0];
        }
        int[] result = Arrays.copyOf(pids, n);
        Arrays.sort(result);
        return result;
    }

    private static int pid(String name) {
        int value = 0;
        for (int i = 0; i < name.length(); i++) {
            int digit = name.charAt(i) - '0';
            if (digit < 0 || digit > 9 || value > 100_000_000) {
                return -1;
            }
            value = 10 * value + digit;
        }
        return value;
    }
}
