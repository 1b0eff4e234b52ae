package io.stackhouse.cli.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a process has used, as /proc tells it.
 *
 * @param cpuNanos user and system time since its start, by the kernel in steps of 10 ms
 * @param residentBytes physical memory now
 * @param atNanos of {@link System#nanoTime}
 */
public record ProcessUsage(long cpuNanos, long residentBytes, long atNanos) {

    /** USER_HZ is 100 on every architecture that Linux runs on today. */
    private static final long NANOS_PER_TICK = 10_000_000L;

    private static final int USER_TICKS = 11;
    private static final int SYSTEM_TICKS = 12;

    /**
     * Of a process that runs.
     *
     * @throws IOException when there is none of that number, or no /proc
     */
    public static ProcessUsage of(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        long ticks = Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]);
        return new ProcessUsage(ticks * NANOS_PER_TICK, status(pid, "VmRSS:"), System.nanoTime());
    }

    /**
     * Of a process and all that it has started.
     *
     * @throws IOException when there is none of that number, or no /proc
     */
    public static ProcessUsage ofTree(long pid) throws IOException {
        ProcessUsage sum = of(pid);
        List<ProcessHandle> children = ProcessHandle.of(pid)
                .map(handle -> handle.descendants().toList())
                .orElse(List.of());
        for (ProcessHandle child : children) {
            ProcessUsage usage = of(child.pid());
            sum = new ProcessUsage(sum.cpuNanos + usage.cpuNanos, sum.residentBytes + usage.residentBytes, sum.atNanos);
        }
        return sum;
    }

    /** The most physical memory that it had at any time. */
    public static long peakResidentBytes(long pid) throws IOException {
        return status(pid, "VmHWM:");
    }

    /** CPU time from an earlier moment to this one, in cores. */
    public double coresSince(ProcessUsage before) {
        return (double) (cpuNanos - before.cpuNanos) / Math.max(1, atNanos - before.atNanos);
    }

    private static long status(long pid, String key) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith(key)) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
            }
        }
        throw new IOException("no " + key + " of process " + pid);
    }
}
