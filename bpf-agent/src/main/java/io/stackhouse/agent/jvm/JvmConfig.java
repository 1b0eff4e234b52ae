package io.stackhouse.agent.jvm;

/**
 * What is remembered of JVMs; beyond it, what was not used for the longest goes first and is read again when needed.
 *
 * @param maxJvms JVMs at a time; the BPF program walks the stacks of these
 * @param maxPlaces addresses in compiled code with the methods they stand for, of all JVMs
 * @param maxMethods methods with their names and lines, of all JVMs
 */
public record JvmConfig(int maxJvms, int maxPlaces, int maxMethods) {
    public JvmConfig {
        if (maxJvms < 1 || maxPlaces < 1 || maxMethods < 1) {
            throw new IllegalArgumentException("each bound must be at least 1: maxJvms " + maxJvms + ", maxPlaces "
                    + maxPlaces + ", maxMethods " + maxMethods);
        }
    }

    /** About 4 MiB when full. */
    public static JvmConfig defaults() {
        return new JvmConfig(256, 8192, 4096);
    }
}
