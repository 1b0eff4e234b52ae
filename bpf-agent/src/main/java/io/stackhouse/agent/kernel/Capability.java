package io.stackhouse.agent.kernel;

/** Linux capabilities that the agent uses, by their bit, with what falls away without each. */
public enum Capability {
    CAP_BPF(39, true, "the BPF program cannot be loaded"),
    CAP_PERFMON(38, true, "the BPF program may not read stacks, and no perf event can be opened"),
    CAP_SYS_PTRACE(
            19,
            false,
            "mappings, environment and executables of other users' processes cannot be read: their native frames keep no module and no name, and they are named by their command alone"),
    CAP_SYSLOG(34, false, "kernel frames have no names (/proc/kallsyms shows no addresses)"),
    CAP_DAC_READ_SEARCH(
            2,
            false,
            "binaries, perf maps and build ids that only their owner may read cannot be read: frames in them have no names");

    private static final int CAP_SYS_ADMIN = 21;

    private final int bit;
    private final boolean isRequired;
    private final String without;

    Capability(int bit, boolean isRequired, String without) {
        this.bit = bit;
        this.isRequired = isRequired;
        this.without = without;
    }

    /** What falls away when it is missing. */
    public String without() {
        return without;
    }

    /** True if nothing works without it. */
    public boolean isRequired() {
        return isRequired;
    }

    /** Whether the set of effective capabilities holds it; the older CAP_SYS_ADMIN includes some of them. */
    boolean isIn(long effective) {
        boolean includedInAdmin = this == CAP_BPF || this == CAP_PERFMON || this == CAP_SYSLOG;
        return has(effective, bit) || (includedInAdmin && has(effective, CAP_SYS_ADMIN));
    }

    private static boolean has(long effective, int bit) {
        return (effective & (1L << bit)) != 0;
    }
}
