package io.stackhouse.agent.process;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Where processes are found and how many are remembered.
 *
 * @param procRoot where procfs is mounted
 * @param etcRoot the folder of machine-id, os-release and passwd
 * @param maxProcesses how many are remembered; beyond it the one that was not asked for the longest is forgotten and counted
 * @param maxMappings executable mappings that are kept of one process; more are left out and counted
 * @param endedGraceNanos how long an ended process is remembered, since its samples come out of the kernel later
 * @param hostAttributes whether host.* and os.* are among the attributes
 */
public record ProcessTableConfig(
        Path procRoot, Path etcRoot, int maxProcesses, int maxMappings, long endedGraceNanos, boolean hostAttributes) {

    public ProcessTableConfig {
        if (maxProcesses < 1 || maxMappings < 1 || endedGraceNanos < 0) {
            throw new IllegalArgumentException("maxProcesses " + maxProcesses + ", maxMappings " + maxMappings
                    + " must be at least 1, endedGraceNanos " + endedGraceNanos + " at least 0");
        }
    }

    /** This host's own /proc and /etc, 2048 processes with 1024 mappings each, 30 seconds of grace. */
    public static ProcessTableConfig defaults() {
        return new ProcessTableConfig(
                Path.of("/proc"), Path.of("/etc"), 2048, 1024, TimeUnit.SECONDS.toNanos(30), true);
    }
}
