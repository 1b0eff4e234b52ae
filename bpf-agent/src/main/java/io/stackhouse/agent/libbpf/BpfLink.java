package io.stackhouse.agent.libbpf;

import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/** A program attached to an event. Closing detaches and closes the event; twice is harmless. One thread at a time. */
public final class BpfLink implements AutoCloseable {
    private @Nullable Pointer link;

    BpfLink(Pointer link) {
        this.link = link;
    }

    @Override
    public void close() {
        Pointer open = link;
        link = null;
        if (open != null) {
            NativeException.check("bpf_link__destroy", Libbpf.bpf_link__destroy(open));
        }
    }
}
