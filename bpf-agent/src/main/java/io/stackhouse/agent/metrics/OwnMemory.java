package io.stackhouse.agent.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** This process's resident memory, from procfs. Any thread. */
public final class OwnMemory {
    private static final Path ROLLUP = Path.of("/proc/self/smaps_rollup");
    private static final long BYTES_PER_KIB = 1024;

    /** Resident bytes, or 0 if procfs does not say. */
    public static long residentBytes() {
        try {
            return residentBytes(Files.readString(ROLLUP));
        } catch (IOException e) {
            return 0;
        }
    }

    static long residentBytes(String rollup) {
        for (String line : rollup.split("\n", -1)) {
            if (line.startsWith("Rss:")) {
                String[] fields = line.strip().split("\\s+", -1);
                return Long.parseLong(fields[1]) * BYTES_PER_KIB;
            }
        }
        return 0;
    }

    private OwnMemory() {}
}
