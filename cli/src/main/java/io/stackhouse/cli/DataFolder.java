package io.stackhouse.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The data folder, made or checked so that the parts' user can write in it. What someone else put there is never given away. */
final class DataFolder {

    private DataFolder() {}

    /**
     * @return the folder with its links resolved
     * @throws CommandException when it belongs to another user
     */
    static Path prepare(Path folder, RunAs user) throws IOException {
        Path parent = folder.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        if (!Files.exists(folder)) {
            Files.createDirectory(folder);
            user.give(folder);
        }
        Path real = folder.toRealPath();
        if (!Files.isDirectory(real)) {
            throw new CommandException(
                    ExitCodes.CANNOT_START, "the data folder " + real + " is not a folder; name another with --data");
        }
        if (!user.owns(real) && isEmpty(real)) {
            user.give(real);
        }
        requireOwned(real, user);
        requireOwned(real.resolve("clickhouse"), user);
        Path logs = real.resolve("logs");
        if (!Files.exists(logs, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(logs);
            user.give(logs);
        }
        requireOwned(logs, user);
        return real;
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findFirst().isEmpty();
        }
    }

    private static void requireOwned(Path path, RunAs user) throws IOException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && (!user.owns(path) || Files.isSymbolicLink(path))) {
            throw new CommandException(
                    ExitCodes.CANNOT_START,
                    path + " belongs to " + Files.getOwner(path, LinkOption.NOFOLLOW_LINKS)
                            + ", but ClickHouse and collector run as "
                            + user.name() + ". Name another folder with --data, or give this one away: chown -R "
                            + user.uid() + ":" + user.gid() + " " + path);
        }
    }
}
