package io.stackhouse.agent.libbpf;

import java.nio.file.Path;

/** A map that another program has pinned in a BPF file system. One thread. Closing lets go of it; twice is harmless. */
public final class PinnedMap implements AutoCloseable {
    private int fd;

    private PinnedMap(int fd) {
        this.fd = fd;
    }

    /**
     * Opens it.
     *
     * @throws NativeException ENOENT if nothing is pinned there, EACCES or EPERM without the right to
     */
    public static PinnedMap open(Path path) {
        Libbpf.load();
        return new PinnedMap(NativeException.check("bpf_obj_get " + path, Libbpf.bpf_obj_get(path.toString())));
    }

    public int fd() {
        if (fd < 0) {
            throw new IllegalStateException("the pinned map is closed");
        }
        return fd;
    }

    @Override
    public void close() {
        int open = fd;
        fd = -1;
        if (open >= 0) {
            NativeException.checkErrno("close pinned map", Libc.close(open));
        }
    }
}
