package io.stackhouse.agent.libbpf;

/** While open, the kernel measures the run time of every BPF program. Held by a descriptor, so it ends with this process. */
public final class BpfRunStatistics implements AutoCloseable {
    private static final int RUN_TIME = 0;

    private int fd;

    private BpfRunStatistics(int fd) {
        this.fd = fd;
    }

    public static BpfRunStatistics enable() {
        Libbpf.load();
        return new BpfRunStatistics(NativeException.check("bpf_enable_stats", Libbpf.bpf_enable_stats(RUN_TIME)));
    }

    @Override
    public void close() {
        int open = fd;
        fd = -1;
        if (open >= 0) {
            NativeException.checkErrno("close BPF statistics", Libc.close(open));
        }
    }
}
