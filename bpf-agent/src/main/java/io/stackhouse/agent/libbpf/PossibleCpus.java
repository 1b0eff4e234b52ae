package io.stackhouse.agent.libbpf;

/** How many values a per-CPU map gives: one for each CPU that the kernel could ever bring online. */
public final class PossibleCpus {
    public static int count() {
        Libbpf.load();
        return NativeException.check("libbpf_num_possible_cpus", Libbpf.libbpf_num_possible_cpus());
    }

    private PossibleCpus() {}
}
