package io.stackhouse.agent.context;

import io.stackhouse.agent.libbpf.BpfMap;
import io.stackhouse.agent.libbpf.Errno;
import io.stackhouse.agent.libbpf.NativeBuffer;
import io.stackhouse.agent.libbpf.NativeException;
import io.stackhouse.agent.libbpf.PinnedMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The map {@code otel/traces_ctx_v1} that OpenTelemetry's eBPF instrumentation (OBI) pins in a BPF file system: trace and span by thread, of requests that it watches
 * without any SDK. While it is there the BPF program asks it for threads of processes that publish no contexts of their own. Layout: an LRU hash of
 * {@code u64 pid_tgid} to {@code {u8 trace_id[16], u8 span_id[8]}}.
 *
 * <p>Looked for again at each interval's end, since it may come, go and be replaced. Nothing is pinned or written by us. Threads: one.
 */
public final class SharedTraces {
    /** Below the BPF file system's root. */
    public static final String NAME = "otel/traces_ctx_v1";

    private static final Logger LOG = LoggerFactory.getLogger(SharedTraces.class);
    private static final Object ABSENT = "absent";

    private final BpfMap slot;
    private final Path path;
    private final ContextCounters counters;
    private final NativeBuffer key = NativeBuffer.allocate(Integer.BYTES);
    private final NativeBuffer value = NativeBuffer.allocate(Integer.BYTES);
    private Object identity = ABSENT;
    private boolean isTaken;

    /**
     * Nothing is looked for yet.
     *
     * @param slot the BPF object's array of one map
     * @param bpfRoot where the BPF file system is mounted
     */
    public SharedTraces(BpfMap slot, Path bpfRoot, ContextCounters counters) {
        this.slot = slot;
        this.counters = counters;
        path = bpfRoot.resolve(NAME);
    }

    /** Takes the map that is pinned now, if it is another one than before. */
    public void refresh() {
        Object now = identity();
        if (now.equals(identity)) {
            return;
        }
        identity = now;
        if (isTaken) {
            boolean unused = slot.delete(key);
            isTaken = false;
        }
        if (!now.equals(ABSENT)) {
            take();
        }
        counters.sharedMaps.set(isTaken ? 1 : 0);
    }

    private void take() {
        try (PinnedMap pinned = PinnedMap.open(path)) {
            value.buffer().putInt(0, pinned.fd());
            slot.update(key, value);
            isTaken = true;
            LOG.info("Reading the trace contexts of {}", path);
        } catch (NativeException e) {
            String reason = e.errno() == Errno.EINVAL ? "it is of another kind than expected" : e.getMessage();
            LOG.warn("Not reading the trace contexts of {}: {}", path, reason);
        }
    }

    private Object identity() {
        try {
            Map<String, Object> stat = Files.readAttributes(path, "unix:ino,ctime");
            return stat;
        } catch (IOException e) {
            return ABSENT;
        }
    }
}
