package io.stackhouse.agent.libbpf;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Functions of libbpf.so.1, mapped directly. From version 1.0 on they return {@code -errno} or null with errno set, never both.
 *
 * <p>No callback is used: libbpf's printing is switched off, the verifier's log goes into a buffer, and the ring buffer is read
 * through its mapping. Pointers that are only passed through are {@code long}, which spares an object per call.
 */
final class Libbpf {
    private static final String FILE_NAME = "libbpf.so.1";

    /** Throws a {@link NativeException} if the library is not installed */
    static synchronized void load() {
        if (Native.registered(Libbpf.class)) {
            return;
        }
        NativeLibrary library;
        try {
            library = NativeLibrary.getInstance(
                    FILE_NAME, Map.of(Library.OPTION_CLASSLOADER, Libbpf.class.getClassLoader()));
        } catch (UnsatisfiedLinkError e) {
            throw new NativeException(
                    "load " + FILE_NAME,
                    Errno.ENOENT,
                    "not found: install it (Debian, Ubuntu: apt-get install libbpf1)");
        }
        Native.register(Libbpf.class, library);
        Pointer unused = libbpf_set_print(null);
    }

    static native @Nullable Pointer libbpf_set_print(@Nullable Pointer callback);

    static native int libbpf_num_possible_cpus();

    static native @Nullable Pointer bpf_object__open_mem(Pointer bytes, long size, Pointer options);

    static native int bpf_object__load(Pointer object);

    static native void bpf_object__close(Pointer object);

    static native @Nullable Pointer bpf_object__find_map_by_name(Pointer object, String name);

    static native @Nullable Pointer bpf_object__find_program_by_name(Pointer object, String name);

    static native int bpf_map__fd(Pointer map);

    static native int bpf_map__set_max_entries(Pointer map, int entries);

    static native @Nullable Pointer bpf_map__initial_value(Pointer map, Pointer size);

    static native int bpf_program__fd(Pointer program);

    static native @Nullable Pointer bpf_program__attach_perf_event(Pointer program, int perfEventFd);

    static native @Nullable Pointer bpf_program__attach_trace(Pointer program);

    static native int bpf_program__set_autoload(Pointer program, int load);

    static native int bpf_link__destroy(Pointer link);

    static native int bpf_map_create(int type, String name, int keyBytes, int valueBytes, int entries, Pointer options);

    static native int bpf_map_update_elem(int fd, long key, long value, long flags);

    static native int bpf_map_lookup_elem(int fd, long key, long value);

    static native int bpf_map_delete_elem(int fd, long key);

    static native int bpf_map_lookup_and_delete_batch(
            int fd, long inBatch, long outBatch, long keys, long values, long count, long options);

    static native int bpf_obj_get(String path);

    static native int bpf_enable_stats(int type);

    static native int bpf_obj_get_info_by_fd(int fd, long info, long infoSize);

    private Libbpf() {}
}
