package io.stackhouse.agent.symbol;

import io.stackhouse.agent.elf.ByteSource;
import io.stackhouse.agent.elf.ByteWindow;
import io.stackhouse.agent.elf.DebugLink;
import io.stackhouse.agent.elf.DebugSections;
import io.stackhouse.agent.elf.ElfFile;
import io.stackhouse.agent.elf.Pace;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds a program's file and the separate file with its debug information: by build id, then by its debug link with the checksum, each in the process's own root first, then
 * in the host's; last from a debuginfod server, if one is given. A file is taken only if its build id or checksum is the right one. Threads: one.
 */
final class DebugFiles {
    private static final Logger LOG = LoggerFactory.getLogger(DebugFiles.class);
    private static final int MIN_BUILD_ID_DIGITS = 4;

    private final @Nullable Debuginfod server;
    private final ByteWindow window = new ByteWindow(16 * 1024);

    DebugFiles(@Nullable Debuginfod server) {
        this.server = server;
    }

    /** The file itself, open; null if it is not to be had any more. */
    @Nullable
    FileChannel openProgram(DebugTarget target) {
        List<Path> candidates = new ArrayList<>(List.of(target.range()));
        for (Path root : target.roots()) {
            candidates.add(under(root, target.path()));
        }
        for (Path path : candidates) {
            try {
                if (FileKey.of(path).equals(target.key())) {
                    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
                    if (FileKey.of(path).equals(target.key())) {
                        return channel;
                    }
                    channel.close();
                }
            } catch (IOException e) {
                LOG.debug("{} is not to be had: {}", path, e.toString());
            }
        }
        return null;
    }

    /** The separate file, open; null if there is none. The sections are those of the program. */
    @Nullable
    FileChannel openSeparate(DebugTarget target, DebugSections sections, Pace pace) throws IOException {
        String id = target.buildId();
        if (id != null && id.length() >= MIN_BUILD_ID_DIGITS) {
            String name = "/usr/lib/debug/.build-id/" + id.substring(0, 2) + "/" + id.substring(2) + ".debug";
            for (Path root : target.roots()) {
                FileChannel found = openIfBuildId(under(root, name), id);
                if (found != null) {
                    return found;
                }
            }
        }
        FileChannel linked = openLinked(target, sections, pace);
        if (linked != null || id == null || server == null) {
            return linked;
        }
        Path fetched = server.fetch(id);
        return fetched == null ? null : openIfBuildId(fetched, id);
    }

    private @Nullable FileChannel openLinked(DebugTarget target, DebugSections sections, Pace pace) throws IOException {
        DebugLink link = DebugLink.read(sections, window);
        if (link == null) {
            return null;
        }
        String folder = target.path().substring(0, Math.max(0, target.path().lastIndexOf('/')));
        for (Path root : target.roots()) {
            for (String place : List.of(folder, folder + "/.debug", "/usr/lib/debug" + folder)) {
                Path path = under(root, place + "/" + link.fileName());
                if (!Files.isRegularFile(path)) {
                    continue;
                }
                FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
                if (link.isChecksumOf(channel, pace)) {
                    return channel;
                }
                channel.close();
            }
        }
        return null;
    }

    private @Nullable FileChannel openIfBuildId(Path path, String id) {
        if (!Files.isRegularFile(path)) {
            return null;
        }
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            try {
                if (id.equals(
                        ElfFile.read(window.attach(ByteSource.of(channel))).gnuBuildId())) {
                    return channel;
                }
            } finally {
                window.detach();
            }
            channel.close();
            return null;
        } catch (IOException e) {
            return null;
        }
    }

    /** A path of the process; one that climbs out of the root by {@code ..} stays within it. */
    private static Path under(Path root, String path) {
        Path clean = Path.of("/").resolve(path).normalize();
        return root.resolve(Path.of("/").relativize(clean).toString());
    }
}
