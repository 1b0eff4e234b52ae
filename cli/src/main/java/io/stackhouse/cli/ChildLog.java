package io.stackhouse.cli;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A log file that starts empty at each start, with the one before it kept as {@code .1}; the same happens when it has grown to its bound. So one child never takes more
 * than twice the bound on disk.
 *
 * <p>Threads: one. Files are created anew and never followed as links, since the folder belongs to a less privileged user.
 */
final class ChildLog implements Closeable {

    static final long MAX_BYTES = 8L << 20;

    private final Path file;
    private final long maxBytes;
    private final FileOwner owner;
    private OutputStream out;
    private long writtenBytes;

    ChildLog(Path file, long maxBytes, FileOwner owner) throws IOException {
        this.file = file;
        this.maxBytes = maxBytes;
        this.owner = owner;
        this.out = openNew();
    }

    void write(byte[] bytes, int length) throws IOException {
        if (writtenBytes + length > maxBytes) {
            out.close();
            out = openNew();
        }
        out.write(bytes, 0, length);
        writtenBytes += length;
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    private OutputStream openNew() throws IOException {
        if (Files.exists(file, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            Files.move(file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
        writtenBytes = 0;
        OutputStream opened = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        owner.give(file);
        return opened;
    }
}
