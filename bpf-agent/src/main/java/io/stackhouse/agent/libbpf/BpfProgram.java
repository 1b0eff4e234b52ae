package io.stackhouse.agent.libbpf;

import com.sun.jna.Pointer;

/** A loaded program, owned by its {@link BpfObject}. One thread at a time. */
public final class BpfProgram {
    // struct bpf_prog_info
    private static final int INFO_BYTES = 232;
    private static final int RUN_TIME_NANOS = 192;
    private static final int RUN_COUNT = 200;
    private static final int VERIFIED_INSTRUCTIONS = 216;

    private final Pointer program;
    private final int fd;
    private final NativeBuffer info = NativeBuffer.allocate(INFO_BYTES);
    private final NativeBuffer infoSize = NativeBuffer.allocate(8);

    BpfProgram(Pointer program, int fd) {
        this.program = program;
        this.fd = fd;
    }

    /**
     * Runs the program at each overflow of the event, from now on.
     *
     * @return the link, which now owns the event: closing it ends both
     */
    public BpfLink attach(PerfEvent event) {
        Pointer link = Libbpf.bpf_program__attach_perf_event(program, event.fd());
        if (link == null) {
            throw new NativeException("bpf_program__attach_perf_event", Errno.last());
        }
        event.release();
        return new BpfLink(link);
    }

    /** Runs a program of a raw tracepoint (tp_btf) at each event, from now on. */
    public BpfLink attachToTracepoint() {
        Pointer link = Libbpf.bpf_program__attach_trace(program);
        if (link == null) {
            throw new NativeException("bpf_program__attach_trace", Errno.last());
        }
        return new BpfLink(link);
    }

    /** Reads the kernel's figures into this object; the getters below then give them. */
    public void refresh() {
        info.buffer().clear();
        for (int i = 0; i < INFO_BYTES; i += 8) {
            info.buffer().putLong(i, 0);
        }
        infoSize.buffer().putInt(0, INFO_BYTES);
        NativeException.check(
                "bpf_obj_get_info_by_fd", Libbpf.bpf_obj_get_info_by_fd(fd, info.address(), infoSize.address()));
    }

    /** Time spent in the program while {@link BpfRunStatistics} were on; as of the last {@link #refresh()}. */
    public long runTimeNanos() {
        return info.buffer().getLong(RUN_TIME_NANOS);
    }

    /** Runs while {@link BpfRunStatistics} were on; as of the last {@link #refresh()}. */
    public long runCount() {
        return info.buffer().getLong(RUN_COUNT);
    }

    /** How many instructions the verifier walked through when it loaded the program; as of the last {@link #refresh()}. */
    public int verifiedInstructions() {
        return info.buffer().getInt(VERIFIED_INSTRUCTIONS);
    }
}
