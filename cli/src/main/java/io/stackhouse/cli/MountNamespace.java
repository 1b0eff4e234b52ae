package io.stackhouse.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Lets a user without privileges reach folders below ones that are closed to them (a checkout in /root, say), under the same paths: in a mount namespace of the child's
 * own, an empty tmpfs covers each closed folder, and the folders needed are bound to their places in it. Nothing is copied, no permission on disk changes, and all of
 * it is gone with the child.
 */
final class MountNamespace {

    /** A POSIX shell's file descriptors have one digit, and the first three are taken. */
    private static final int FIRST_FD = 3;

    private static final int MAX_NEEDED = 7;

    private static final String PRINT_CLOSED = "for each; do [ -x \"$each\" ] || printf '%s\\n' \"$each\"; done";

    private final List<Path> covers;
    private final List<Path> needed;

    private MountNamespace(List<Path> covers, List<Path> needed) {
        this.covers = covers;
        this.needed = needed;
    }

    /** Finds what is in the way of this user to these folders. */
    static MountNamespace of(RunAs user, List<Path> needed) throws IOException {
        Set<Path> above = new LinkedHashSet<>();
        for (Path folder : needed) {
            for (Path parent = folder.getParent(); parent != null; parent = parent.getParent()) {
                above.add(parent);
            }
        }
        List<String> command = new ArrayList<>(List.of("sh", "-c", PRINT_CLOSED, "sh"));
        above.forEach(each -> command.add(each.toString()));
        List<Path> closed =
                run(user.command(List.of(), command)).lines().map(Path::of).toList();
        return of(closed, needed);
    }

    /** Of the closed folders only the topmost are covered, and of the needed ones only those below them are bound, each once. */
    static MountNamespace of(List<Path> closed, List<Path> needed) {
        List<Path> covers = withoutNested(closed);
        List<Path> hidden = needed.stream()
                .filter(folder -> covers.stream().anyMatch(folder::startsWith))
                .toList();
        if (hidden.size() > MAX_NEEDED) {
            throw new IllegalArgumentException("more than " + MAX_NEEDED + " folders: " + hidden);
        }
        return new MountNamespace(covers, withoutNested(hidden));
    }

    boolean isNeeded() {
        return !covers.isEmpty();
    }

    /** The command in its namespace, or as it is where none is needed. It must drop the privileges itself. */
    List<String> command(List<String> command) {
        if (!isNeeded()) {
            return command;
        }
        List<String> all =
                new ArrayList<>(List.of("unshare", "--mount", "--propagation", "private", "sh", "-c", script(), "sh"));
        all.addAll(command);
        return all;
    }

    /** Opens the folders needed, covers what is closed, and binds the open ones to their old paths. */
    private String script() {
        StringBuilder script = new StringBuilder("set -eu\numask 022\n");
        for (int i = 0; i < needed.size(); i++) {
            script.append("exec ")
                    .append(FIRST_FD + i)
                    .append('<')
                    .append(quoted(needed.get(i)))
                    .append('\n');
        }
        for (Path cover : covers) {
            script.append("mount -t tmpfs -o mode=755,size=1m,nosuid,nodev stackhouse ")
                    .append(quoted(cover))
                    .append('\n');
        }
        for (int i = 0; i < needed.size(); i++) {
            int fd = FIRST_FD + i;
            String folder = quoted(needed.get(i));
            script.append("mkdir -p ").append(folder).append('\n');
            script.append("mount --no-canonicalize --rbind /proc/self/fd/")
                    .append(fd)
                    .append(' ')
                    .append(folder)
                    .append('\n');
            script.append("exec ").append(fd).append("<&-\n");
        }
        return script.append("exec \"$@\"\n").toString();
    }

    private static String quoted(Path path) {
        return "'" + path.toString().replace("'", "'\\''") + "'";
    }

    List<Path> covers() {
        return covers;
    }

    private static List<Path> withoutNested(List<Path> paths) {
        List<Path> kept = new ArrayList<>();
        for (Path path : new TreeSet<>(paths)) {
            if (kept.stream().noneMatch(path::startsWith)) {
                kept.add(path);
            }
        }
        return List.copyOf(kept);
    }

    /** Runs a short command from the root folder; its output. */
    static String run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(new java.io.File("/"))
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new CommandException(ExitCodes.CANNOT_START, command.get(0) + " failed: " + output.trim());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while running " + command.get(0), e);
        }
        return output;
    }
}
