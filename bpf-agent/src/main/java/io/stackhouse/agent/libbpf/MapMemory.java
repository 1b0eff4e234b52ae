package io.stackhouse.agent.libbpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Kernel memory of a map, from the {@code memlock} line of its descriptor. Any thread. */
public final class MapMemory {
    private static final String FIELD = "memlock:";

    /** Bytes, or 0 on kernels that do not say. */
    public static long bytes(BpfMap map) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo/" + map.fd()))) {
                if (line.startsWith(FIELD)) {
                    return Long.parseLong(line.substring(FIELD.length()).strip());
                }
            }
            return 0;
        } catch (IOException e) {
            throw new NativeException("read fdinfo of map " + map.name(), Errno.EINVAL, e.toString());
        }
    }

    private MapMemory() {}
}
