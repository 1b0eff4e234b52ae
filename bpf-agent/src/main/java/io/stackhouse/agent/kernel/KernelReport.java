package io.stackhouse.agent.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What this machine gives to the agent.
 *
 * @param kernel release of the running kernel
 * @param architecture as Java names it
 * @param cpus how many are online
 * @param hasBtf whether the kernel describes its types, which the BPF program needs
 * @param isInHostPidNamespace whether the process ids that the kernel gives are those of this process's procfs
 * @param isRoot whether the effective user is root
 * @param missing capabilities that are not effective
 * @param hasKernelSymbols whether /proc/kallsyms shows addresses
 * @param libbpf empty if libbpf.so.1 could be loaded, else what is wrong
 * @param perfEvent empty if a software clock event could be opened, else what is wrong
 */
public record KernelReport(
        String kernel,
        String architecture,
        int cpus,
        boolean hasBtf,
        boolean isInHostPidNamespace,
        boolean isRoot,
        Set<Capability> missing,
        boolean hasKernelSymbols,
        String libbpf,
        String perfEvent) {

    /** What prevents sampling altogether, each with what to do; empty if nothing does. */
    public List<String> obstacles() {
        List<String> obstacles = new ArrayList<>();
        for (Capability capability : Capability.values()) {
            if (capability.isRequired() && missing.contains(capability)) {
                obstacles.add(capability + " is missing: " + capability.without()
                        + ". Run as root, or give the process CAP_BPF and CAP_PERFMON"
                        + " (setpriv, or AmbientCapabilities= in a systemd unit)");
            }
        }
        if (!hasBtf) {
            obstacles.add(
                    "the kernel has no BTF (" + KernelProbe.BTF
                            + " is missing): use a kernel built with CONFIG_DEBUG_INFO_BTF=y, as distributions do since about 2021");
        }
        if (!libbpf.isEmpty()) {
            obstacles.add(libbpf);
        } else if (!perfEvent.isEmpty() && obstacles.isEmpty()) {
            obstacles.add("no perf event can be opened: " + perfEvent
                    + ". In a container allow the perf_event_open and bpf system calls");
        }
        return obstacles;
    }

    /** The report as lines for people: what is there first, then what falls away. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("kernel " + kernel + " (" + architecture + "), " + cpus + (cpus == 1 ? " CPU" : " CPUs") + " online");
        lines.add("BTF: " + (hasBtf ? "yes" : "no"));
        lines.add("libbpf.so.1: " + (libbpf.isEmpty() ? "yes" : libbpf));
        lines.add("perf event (software cpu-clock): " + (perfEvent.isEmpty() ? "yes" : perfEvent));
        lines.add("kernel symbols: " + (hasKernelSymbols ? "yes" : "no"));
        lines.add(
                "PID namespace: "
                        + (isInHostPidNamespace
                                ? "the host's"
                                : "not the host's: processes cannot be found by the kernel's ids; run it in the host's (--pid=host)"));
        lines.add("user: " + (isRoot ? "root" : "not root"));
        for (Capability capability : Capability.values()) {
            lines.add(capability + ": " + (missing.contains(capability) ? "missing; " + capability.without() : "yes"));
        }
        return lines;
    }
}
