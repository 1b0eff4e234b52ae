package io.stackhouse.agent.symbol;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder that downloads are kept in. Nobody but its owner may write there: the agent is privileged, and would follow a link that another
 * user laid, or read a file that another user has put in place of the server's.
 *
 * <p>Bounded: before a download the files used longest ago go, until there is room for the largest. One thread.
 */
final class DownloadFolder {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private final Path folder;
    private final long maxBytes;

    DownloadFolder(Path folder, long maxBytes) {
        this.folder = folder;
        this.maxBytes = maxBytes;
    }

    Path resolve(String name) {
        return folder.resolve(name);
    }

    /** Makes the folder, or checks the one that is there, and makes room for so many bytes. */
    void prepare(long bytes) throws IOException {
        Path parent = folder.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        try {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        } catch (FileAlreadyExistsException e) {
            check();
        }
        makeRoom(bytes);
    }

    private void check() throws IOException {
        PosixFileAttributes found = Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        Object owner = Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        if (!found.isDirectory() || !owner.equals(self) || !OWNER_ONLY.containsAll(found.permissions())) {
            throw new IOException(
                    "folder " + folder + " is not the agent's own, or others may read or write there (owner "
                            + found.owner().getName() + ", " + PosixFilePermissions.toString(found.permissions())
                            + "); remove it, or make it the agent's with mode 0700");
        }
    }

    private void makeRoom(long bytes) throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.list(folder)) {
            files = new ArrayList<>(found.toList());
        }
        long held = 0;
        List<Known> known = new ArrayList<>();
        for (Path file : files) {
            BasicFileAttributes attributes =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            known.add(new Known(
                    file, attributes.size(), attributes.lastModifiedTime().toMillis()));
            held += attributes.size();
        }
        known.sort(Comparator.comparingLong(Known::modifiedUnixMillis));
        for (Known file : known) {
            if (held + bytes <= maxBytes) {
                return;
            }
            Files.deleteIfExists(file.path);
            held -= file.bytes;
        }
    }

    private record Known(Path path, long bytes, long modifiedUnixMillis) {}
}
