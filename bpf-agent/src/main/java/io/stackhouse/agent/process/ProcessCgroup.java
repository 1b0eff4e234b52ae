package io.stackhouse.agent.process;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The control group of a process: one line of {@code /proc/PID/cgroup} as it stands there, and the container that its path names.
 *
 * <p>Of several lines (version 1 has one per controller) the unified one counts if it has a path, else the one with the longest path, the first of equals.
 */
record ProcessCgroup(String line, @Nullable String containerId) {
    private static final int ID_LENGTH = 64;
    private static final long MAX_FILE_BYTES = 64 * 1024;

    static @Nullable ProcessCgroup read(Path directory, ProcFiles files) {
        String[] best = new String[1];
        files.read(directory.resolve("cgroup"), MAX_FILE_BYTES, '\n', lines -> {
            while (lines.next()) {
                String line = lines.rest();
                if (best[0] == null || isBetter(line, best[0])) {
                    best[0] = line;
                }
            }
        });
        return best[0] == null ? null : new ProcessCgroup(best[0], containerId(path(best[0])));
    }

    boolean isUnified() {
        return line.startsWith("0::/") && line.length() > 4;
    }

    private static boolean isBetter(String line, String than) {
        boolean isUnified = line.startsWith("0::/") && line.length() > 4;
        boolean otherIsUnified = than.startsWith("0::/") && than.length() > 4;
        if (isUnified != otherIsUnified) {
            return isUnified;
        }
        return path(line).length() > path(than).length();
    }

    private static String path(String line) {
        int first = line.indexOf(':');
        int second = first < 0 ? -1 : line.indexOf(':', first + 1);
        return second < 0 ? "" : line.substring(second + 1);
    }

    /**
     * The last part of a path that is 64 hexadecimal digits behind nothing or a prefix and before nothing or {@code .scope}: {@code /docker/ID},
     * {@code docker-ID.scope}, {@code cri-containerd-ID.scope}, {@code crio-ID.scope}, {@code libpod-ID.scope/container}, {@code :cri-containerd:ID}.
     */
    static @Nullable String containerId(String path) {
        int end = path.length();
        while (end > 0) {
            int start = path.lastIndexOf('/', end - 1) + 1;
            String id = idOf(path.substring(start, end));
            if (id != null) {
                return id;
            }
            end = start - 1;
        }
        return null;
    }

    private static @Nullable String idOf(String part) {
        String name = part.endsWith(".scope") ? part.substring(0, part.length() - 6) : part;
        int start = name.length() - ID_LENGTH;
        // The monitor beside a container carries the container's id, but is not in it.
        if (start < 0 || name.contains("conmon-")) {
            return null;
        }
        if (start > 0 && name.charAt(start - 1) != '-' && name.charAt(start - 1) != ':') {
            return null;
        }
        for (int i = start; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
                return null;
            }
        }
        return name.substring(start);
    }
}
