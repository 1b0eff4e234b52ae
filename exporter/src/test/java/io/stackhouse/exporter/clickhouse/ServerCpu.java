package io.stackhouse.exporter.clickhouse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** CPU time of the ClickHouse that this process has started. Linux. */
final class ServerCpu {
    /** The kernel counts in ticks of 10 ms. */
    private static final long NANOS_PER_TICK = 10_000_000L;

    private ServerCpu() {}

    /** User and system time of all child processes by now. */
    static long nanos() {
        return ProcessHandle.current()
                .children()
                .mapToLong(child -> ticks(child.pid()) * NANOS_PER_TICK)
                .sum();
    }

    private static long ticks(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
