package io.stackhouse.agent.libbpf;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A compiled BPF object: opened from bytes, given its settings, loaded into the kernel.
 *
 * <p>One thread at a time. Maps and programs taken from it live as long as it does. {@link #close()} gives everything back to the
 * kernel that no link holds; a second call does nothing. Nothing is pinned, so the end of the process does the same.
 */
public final class BpfObject implements AutoCloseable {
    private static final int LOG_BYTES = 1 << 20;
    private static final int REASON_CHARS = 600;

    // struct bpf_object_open_opts
    private static final int OPTIONS_BYTES = 80;
    private static final int OPTION_NAME = 8;
    private static final int OPTION_LOG_BUFFER = 56;
    private static final int OPTION_LOG_SIZE = 64;
    private static final int OPTION_LOG_LEVEL = 72;

    private final Map<String, BpfMap> maps = new HashMap<>();
    // libbpf keeps pointers to these until the object is loaded.
    private final Memory code;
    private @Nullable Memory log;
    private @Nullable Pointer object;

    private BpfObject(Memory code, Memory log, Pointer object) {
        this.code = code;
        this.log = log;
        this.object = object;
    }

    /**
     * Reads the object; nothing goes to the kernel yet.
     *
     * @param elf the compiled object
     * @param name at most 15 characters; kernel and tools show it in the names of the data sections
     * @throws NativeException if libbpf is missing or refuses the object
     */
    public static BpfObject open(byte[] elf, String name) {
        Libbpf.load();
        Memory code = new Memory(elf.length);
        code.write(0, elf, 0, elf.length);
        Memory log = new Memory(LOG_BYTES);
        log.setByte(0, (byte) 0);
        Memory nameBytes = new Memory(name.length() + 1L);
        nameBytes.setString(0, name);
        Memory options = new Memory(OPTIONS_BYTES);
        options.clear();
        options.setLong(0, OPTIONS_BYTES);
        options.setPointer(OPTION_NAME, nameBytes);
        options.setPointer(OPTION_LOG_BUFFER, log);
        options.setLong(OPTION_LOG_SIZE, LOG_BYTES);
        options.setInt(OPTION_LOG_LEVEL, 0);
        Pointer object = Libbpf.bpf_object__open_mem(code, elf.length, options);
        if (object == null) {
            throw new NativeException("bpf_object__open_mem", Errno.last());
        }
        return new BpfObject(code, log, object);
    }

    /** Before {@link #load()}: how many entries the map shall have; bytes for a ring buffer. */
    public void setMaxEntries(String map, int entries) {
        NativeException.check(
                "bpf_map__set_max_entries " + map, Libbpf.bpf_map__set_max_entries(findMap(map), entries));
    }

    /** Before {@link #load()}: leaves a program out. */
    public void leaveOut(String program) {
        NativeException.check(
                "bpf_program__set_autoload " + program, Libbpf.bpf_program__set_autoload(findProgram(program), 0));
    }

    /** Before {@link #load()}: the content of the constants' section, to be written in place. */
    public ByteBuffer constants() {
        Memory size = new Memory(8);
        Pointer value = Libbpf.bpf_map__initial_value(findMap(".rodata"), size);
        if (value == null) {
            throw new NativeException("bpf_map__initial_value .rodata", Errno.last());
        }
        return value.getByteBuffer(0, size.getLong(0)).order(ByteOrder.nativeOrder());
    }

    /**
     * Creates the maps and has the programs verified.
     *
     * @throws NativeException with the verifier's last lines if the kernel refuses
     */
    public void load() {
        int result = Libbpf.bpf_object__load(live());
        Memory written = log;
        log = null;
        if (result < 0) {
            String reason = written == null ? "" : tail(written.getString(0));
            throw reason.isEmpty()
                    ? new NativeException("bpf_object__load", -result)
                    : new NativeException("bpf_object__load", -result, reason);
        }
        code.close();
    }

    /** After {@link #load()}. The same object for the same name. */
    public BpfMap map(String name, int keyBytes, int valueBytes) {
        return maps.computeIfAbsent(
                name,
                n -> new BpfMap(
                        n,
                        NativeException.check("bpf_map__fd " + n, Libbpf.bpf_map__fd(findMap(n))),
                        keyBytes,
                        valueBytes));
    }

    /** After {@link #load()}. */
    public BpfProgram program(String name) {
        Pointer program = findProgram(name);
        return new BpfProgram(
                program, NativeException.check("bpf_program__fd " + name, Libbpf.bpf_program__fd(program)));
    }

    @Override
    public void close() {
        Pointer open = object;
        object = null;
        if (open != null) {
            Libbpf.bpf_object__close(open);
            maps.values().forEach(BpfMap::closed);
        }
    }

    private Pointer findMap(String name) {
        Pointer map = Libbpf.bpf_object__find_map_by_name(live(), name);
        if (map == null) {
            throw new NativeException("bpf_object__find_map_by_name " + name, Errno.last());
        }
        return map;
    }

    private Pointer findProgram(String name) {
        Pointer program = Libbpf.bpf_object__find_program_by_name(live(), name);
        if (program == null) {
            throw new NativeException("bpf_object__find_program_by_name " + name, Errno.last());
        }
        return program;
    }

    private Pointer live() {
        if (object == null) {
            throw new IllegalStateException("the BPF object is closed");
        }
        return object;
    }

    private static String tail(String verifierLog) {
        String text = verifierLog.strip();
        return text.length() <= REASON_CHARS ? text : "…" + text.substring(text.length() - REASON_CHARS);
    }
}
