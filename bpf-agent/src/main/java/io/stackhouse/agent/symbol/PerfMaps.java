package io.stackhouse.agent.symbol;

import io.stackhouse.agent.elf.ByteSource;
import io.stackhouse.agent.process.ByteLines;
import io.stackhouse.agent.process.TracedProcess;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Perf maps of processes: {@code /tmp/perf-PID.map} in the process's own view of the file system, PID being the number it has for itself.
 *
 * <p>Anybody may write such a file: it is taken only if it is a regular file that belongs to the process's user or to root and was changed after the process
 * started. Read on the first address in generated code, then what was appended: at most each second while names are missing, each ten seconds otherwise. Bounded
 * over all processes; the map that was not used for the longest goes first.
 */
final class PerfMaps {
    /** Stands for all generated code without a name: its addresses mean nothing beyond one run. */
    private static final Module UNNAMED = new Module("[jit]", 0, 0, 0, null, null);

    private static final long AGAIN_IF_MISSING_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** The wall time of a start is known to the second. */
    private static final long START_SLACK_MILLIS = 2000;

    /** Processes with generated code that are remembered. */
    private static final int MAX_PROCESSES = 512;

    private static final int TAIL_BYTES_PER_KEPT_BYTE = 2;

    private final SymbolizerConfig config;
    private final SymbolizerCounters counters;
    private final LongSupplier clock;
    private final ByteLines lines = new ByteLines(32 * 1024);
    private final LinkedHashMap<TracedProcess, State> states = new LinkedHashMap<>(16, 0.75f, true);

    PerfMaps(SymbolizerConfig config, SymbolizerCounters counters, LongSupplier clock) {
        this.config = config;
        this.counters = counters;
        this.clock = clock;
    }

    private static final class State {
        final FrameType type;
        final Frame unnamed;
        PerfMap map;

        @Nullable
        Object fileKey;

        long position;
        long lookedAtNanos;

        State(FrameType type, long maxBytes, long lookedAtNanos) {
            this.type = type;
            this.lookedAtNanos = lookedAtNanos;
            map = new PerfMap(type, maxBytes);
            unnamed = new Frame(type, UNNAMED, 0, Frame.Name.NONE);
        }
    }

    /** The frame of an address in generated code; one without a name if there is no map or it does not have the address. */
    Frame frame(TracedProcess process, long address) {
        long now = clock.getAsLong();
        State state = states.get(process);
        if (state == null) {
            state = new State(typeOf(process), config.perfMapBytes() / 2, now);
            states.put(process, state);
            read(process, state);
            dropLeastUsed(state);
        }
        Frame found = state.map.find(address);
        long wait = found == null ? AGAIN_IF_MISSING_NANOS : AGAIN_NANOS;
        if (now - state.lookedAtNanos >= wait) {
            state.lookedAtNanos = now;
            read(process, state);
            dropLeastUsed(state);
            found = state.map.find(address);
        }
        if (found == null) {
            counters.unnamedGeneratedFrames.incrementAndGet();
            return state.unnamed;
        }
        return found;
    }

    long memoryBytes() {
        long bytes = 0;
        for (State state : states.values()) {
            bytes += state.map.memoryBytes();
        }
        return bytes;
    }

    /** By what the process has mapped or is: libjvm.so makes it a JVM, a program or library of Node.js makes it V8. */
    private static FrameType typeOf(TracedProcess process) {
        if (process.mappings().hasFile("libjvm.so")) {
            return FrameType.JVM;
        }
        String name = process.executableName();
        boolean isNode = name.equals("node")
                || name.equals("nodejs")
                || process.mappings().hasFile("libnode.so");
        return isNode ? FrameType.V8JS : FrameType.NATIVE;
    }

    private void read(TracedProcess process, State state) {
        Path file = process.procDirectory().resolve("root/tmp/perf-" + process.namespacePid() + ".map");
        try {
            Map<String, Object> stat = Files.readAttributes(
                    file, "unix:uid,isRegularFile,size,lastModifiedTime,fileKey", LinkOption.NOFOLLOW_LINKS);
            if (!isAcceptable(process, stat)) {
                counters.perfMapsRefused.incrementAndGet();
                return;
            }
            long size = FileKey.number(stat, "size");
            Object key = stat.get("fileKey");
            if (!Objects.equals(key, state.fileKey) || size < state.position) {
                state.fileKey = key;
                state.position = 0;
                state.map = new PerfMap(state.type, config.perfMapBytes() / 2);
            }
            if (size > state.position) {
                append(file, state, size);
            }
        } catch (IOException e) {
            // Most processes with generated code have no such file.
            return;
        }
    }

    private boolean isAcceptable(TracedProcess process, Map<String, Object> stat) {
        long owner = FileKey.number(stat, "uid");
        return Boolean.TRUE.equals(stat.get("isRegularFile"))
                && (owner == 0 || owner == process.userId())
                && FileKey.time(stat, "lastModifiedTime") >= process.startUnixMillis() - START_SLACK_MILLIS;
    }

    private void append(Path file, State state, long size) throws IOException {
        counters.perfMapReads.incrementAndGet();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            // Of a file that is too large the end is the part that is young.
            long tail = TAIL_BYTES_PER_KEPT_BYTE * config.perfMapBytes();
            long from = Math.max(state.position, size - tail);
            lines.open(ByteSource.of(channel), from, tail, '\n');
            if (from > state.position && lines.next()) {
                // The rest of a line whose beginning was left out.
                state.position = lines.positionAfterLine();
            }
            state.position = state.map.append(lines, Math.max(from, state.position));
            counters.perfMapEntriesDropped.addAndGet(state.map.takeDropped());
        }
    }

    private void dropLeastUsed(State inUse) {
        Iterator<State> eldestFirst = states.values().iterator();
        long bytes = memoryBytes();
        while ((bytes > config.perfMapBytes() || states.size() > MAX_PROCESSES) && eldestFirst.hasNext()) {
            State state = eldestFirst.next();
            if (state != inUse) {
                bytes -= state.map.memoryBytes();
                counters.perfMapEntriesDropped.addAndGet(state.map.count());
                eldestFirst.remove();
            }
        }
    }
}
