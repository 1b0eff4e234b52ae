package io.stackhouse.agent.libbpf;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Which BPF programs a process holds, and whether a program is still in the kernel. */
public final class LoadedPrograms {
    static {
        Native.register(LoadedPrograms.class, NativeLibrary.getInstance("libbpf.so.1"));
    }

    static native int bpf_prog_get_fd_by_id(int id);

    /** Ids of the programs that the process holds itself or by a link, from its descriptors. */
    public static Set<Integer> heldBy(long pid) throws IOException {
        Set<Integer> ids = new HashSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fdinfo"))) {
            for (Path file : files) {
                readIds(file, ids);
            }
        }
        return ids;
    }

    public static boolean isLoaded(int id) {
        int fd = bpf_prog_get_fd_by_id(id);
        if (fd >= 0) {
            Libc.close(fd);
            return true;
        }
        if (fd != -Errno.ENOENT) {
            throw new NativeException("bpf_prog_get_fd_by_id", -fd);
        }
        return false;
    }

    private static void readIds(Path file, Set<Integer> ids) throws IOException {
        try {
            for (String line : Files.readAllLines(file)) {
                if (line.startsWith("prog_id:")) {
                    ids.add(Integer.parseInt(line.substring(8).strip()));
                }
            }
        } catch (NoSuchFileException e) {
            return; // closed between listing and reading
        }
    }

    private LoadedPrograms() {}
}
